/** The state file of a run: its schema, and how other commands read it. Times are in milliseconds. */

import * as v from "valibot";

/** Removes escape sequences, because the text is printed on terminals and the file may be another user's. */
function printable(text: string): string {
  // deno-lint-ignore no-control-regex -- these are removed
  return text.replace(/[\x00-\x1f\x7f-\x9f]+/g, " ");
}

const text = v.pipe(v.string(), v.transform(printable));
/** JSON's 1e999 is read as Infinity. */
const number = v.pipe(v.number(), v.finite());

/** Identifies a process even if a later one gets the same pid. */
const identity = v.object({
  /** 0 and below would name process groups. */
  pid: v.pipe(v.number(), v.integer(), v.minValue(1)),
  /** Clock ticks after boot; 0 if the process had exited before it could be read. */
  startTicks: number,
});

const address = v.variant("transport", [
  v.object({ transport: v.literal("unix"), path: text }),
  v.object({ transport: v.literal("tcp"), hostname: text, port: number }),
]);

const readyCheck = v.object({ address, path: text, throughNginx: v.boolean() });

const limits = v.object({
  /** 0: no limit. */
  startTimeout: number,
  drainDelay: number,
  grace: number,
});

const reloads = v.object({
  done: number,
  refused: number,
  /** With nginx's complaint if it was refused. */
  last: v.optional(v.object({ at: number, complaint: v.optional(text) })),
});

/** Of the children, with tandem's own among the dropped ones. */
const lines = v.object({ relayed: number, dropped: number });

const logEntry = v.object({ at: number, level: text, event: text, message: text });

/** Moments count from tandem's start, except `startedAt`. */
const state = v.object({
  ...identity.entries,
  version: text,
  /** Absent in files of older versions. */
  edition: v.optional(text),
  commit: v.optional(text),
  /** Of the boot in which pids and starts count. */
  bootId: v.optional(text),
  phase: text,
  /** The step of the drain. */
  drainStep: v.optional(text),
  /** By the wall clock, ISO 8601. */
  startedAt: text,
  nginx: v.optional(identity),
  gunicorn: v.optional(identity),
  /** gunicorn's. */
  socket: text,
  /** Tells whether the file at that path is still the one that gunicorn made. */
  socketIdentity: v.optional(text),
  /** Where the ready path is asked for; known once nginx has checked its conf. */
  ready: v.optional(readyCheck),
  /** The ready path's last status if that was not 200. */
  lastAnswer: v.optional(number),
  /** Milliseconds after the start: when a question was asked that has had no answer for long. */
  unansweredSince: v.optional(number),
  /** Every address that nginx listens on. */
  listens: v.array(address),
  limits,
  timeline: v.record(text, number),
  /** Kills for want of memory in tandem's cgroup before its start; absent if they are not counted. */
  oldMemoryKills: v.optional(number),
  /** Absent if gunicorn's output is not relayed and the kernel has no pidfd_open. */
  workerDeaths: v.optional(number),
  /** How many for each reason of `deathReasons`. */
  workerDeathReasons: v.optional(v.record(text, number)),
  /** Absent if the children's output is not relayed. */
  lines: v.optional(lines),
  /** Its name for machines, and the text for people. */
  cause: v.optional(text),
  stopCause: v.optional(text),
  reloads,
  /** The last few, oldest first. */
  events: v.array(logEntry),
});

export type ProcessIdentity = v.InferOutput<typeof identity>;
export type ReadyCheck = v.InferOutput<typeof readyCheck>;
export type RunLimits = v.InferOutput<typeof limits>;
export type Reloads = v.InferOutput<typeof reloads>;
export type LineCounts = v.InferOutput<typeof lines>;
export type LogEntry = v.InferOutput<typeof logEntry>;
export type State = v.InferOutput<typeof state>;

const LONGEST_COMPLAINT = 200;

/** @throws {Error} with one line that names the first value that does not fit the schema */
export function parseState(json: string): State {
  const result = v.safeParse(state, parseJson(json), { abortEarly: true });
  if (result.success) return result.output;
  const [issue] = result.issues;
  throw new Error(printable(describeIssue(issue)).slice(0, LONGEST_COMPLAINT));
}

function parseJson(json: string): unknown {
  try {
    return JSON.parse(json);
  } catch {
    throw new Error("it is not JSON");
  }
}

/** `nginx.pid: expected number, found "1"`, `limits.grace is missing`. */
function describeIssue(issue: v.BaseIssue<unknown>): string {
  const path = v.getDotPath(issue) ?? "the file";
  const { expected, received, type } = issue;
  return received === "undefined"
    ? `${path} is missing`
    : `${path}: expected ${expected ?? type}, found ${received}`;
}
