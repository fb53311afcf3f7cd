/** `tandem reload`: has the running pair take a new nginx.conf and fresh workers, and waits until it has. */

import { signalInstance } from "../host/state/signal_instance.ts";
import { happensWithin, monotonicClock as clock } from "../host/system/clock.ts";
import { getStatus } from "../host/net/http.ts";
import { writeToStderr, writeToStdout } from "../host/output/output.ts";
import { isAlive } from "../host/state/file.ts";
import type { ProcessIdentity, Reloads, State } from "../host/state/schema.ts";
import { readTree } from "../host/process/tree.ts";
import { formatDuration, plural } from "../plan/format.ts";
import type { Invocation } from "../plan/settings.ts";
import { findRunning } from "./running.ts";

const POLL_MS = 50;
/** For nginx's look at its conf, which takes milliseconds, on the slowest of disks. */
const CHECK_MS = 10_000;
/** Fresh workers import the app as the first ones did, perhaps beside them: twice as long, and this much more. */
const WORKERS_MS = 10_000;
/** Idle old workers are gone by then; those that are not have requests to end, which may take as long as they like. */
const IDLE_MS = 2000;
/** For one answer of the pair; the next one is asked for after it. */
const ANSWER_MS = 2000;

/** @returns the exit status */
export async function reload(request: Invocation): Promise<number> {
  const begin = clock.now();
  const running = findRunning(request);
  if (running.kind === "nothing") return fail(running.reason);
  const before = running.state;
  if (before.phase !== "serving") {
    return fail(
      `not reloaded: pid ${before.pid} is ${before.phase}, and only a serving pair reloads`,
    );
  }
  const oldWorkers = workersOf(before);
  switch (signalInstance(before, "SIGHUP")) {
    case "not permitted":
      return fail(`not permitted to reload pid ${before.pid}: it is another user's`);
    case "gone":
      return fail(`not reloaded: pid ${before.pid} has just ended`);
  }

  const after = await next(CHECK_MS, () => changed(request, before));
  if (after === "too late") {
    return fail(`pid ${before.pid} has not answered to SIGHUP within ${formatDuration(CHECK_MS)}`);
  }
  if (after.kind === "ended") return fail(`not reloaded: ${after.reason}`);
  const { reloads } = after.state;
  if (reloads.last?.complaint !== undefined && reloads.done === before.reloads.done) {
    return fail(`not reloaded, the old conf serves on: ${reloads.last.complaint}`);
  }

  const patience = 2 * importTime(before) + WORKERS_MS;
  const begunToFade = clock.now();
  const fresh = await next(patience, async () => {
    const pair = lookForFreshPair(request, after.state, oldWorkers);
    if (pair.kind === "ended") return pair;
    // While idle old workers are there, an answer may be theirs.
    const isPlain = pair.old === 0 || clock.now() - begunToFade > IDLE_MS;
    return pair.isComplete && isPlain && await answers(after.state) ? pair : undefined;
  });
  if (fresh === "too late") {
    return fail(`reloading, but no fresh pair answers after ${formatDuration(patience)}`);
  }
  if (fresh.kind === "ended") return fail(`reloaded, and then ${fresh.reason}`);
  writeToStdout(
    `reloaded in ${formatDuration(clock.now() - begin)}: new nginx.conf, ` +
      plural(fresh.workers, "fresh gunicorn worker") +
      (fresh.old ? `; ${plural(fresh.old, "old worker")} at the last requests\n` : "\n"),
  );
  return 0;
}

interface Ended {
  kind: "ended";
  reason: string;
}

/** Looks until there is something to see. */
async function next<T>(
  milliseconds: number,
  look: () => T | undefined | Promise<T | undefined>,
): Promise<T | "too late"> {
  const deadline = clock.now() + milliseconds;
  for (;;) {
    const seen = await look();
    if (seen !== undefined) return seen;
    if (clock.now() >= deadline) return "too late";
    await clock.sleep(POLL_MS);
  }
}

/** The same instance, still serving. */
function stillServing(
  request: Invocation,
  { pid }: ProcessIdentity,
): { kind: "serving"; state: State } | Ended {
  const running = findRunning(request);
  if (running.kind === "nothing" || running.state.pid !== pid) {
    return { kind: "ended", reason: `pid ${pid} has ended` };
  }
  const { phase, stopCause } = running.state;
  if (phase === "serving") return { kind: "serving", state: running.state };
  return { kind: "ended", reason: `pid ${pid} is ${phase}${stopCause ? `: ${stopCause}` : ""}` };
}

function changed(request: Invocation, before: State) {
  const now = stillServing(request, before);
  const isChanged = now.kind === "ended" || tries(now.state.reloads) > tries(before.reloads);
  return isChanged ? now : undefined;
}

function tries({ done, refused }: Reloads): number {
  return done + refused;
}

/** How long gunicorn took at the start, in milliseconds. */
function importTime({ timeline }: State): number {
  return Math.max(0, (timeline["app answered"] ?? 0) - (timeline["gunicorn started"] ?? 0));
}

/** Both masters' workers. */
function workersOf({ nginx, gunicorn }: State): ProcessIdentity[] {
  return [nginx, gunicorn].flatMap((master) => childrenOf(master));
}

function childrenOf(master: ProcessIdentity | undefined): ProcessIdentity[] {
  if (!master || !isAlive(master)) return [];
  return readTree(master.pid).filter(({ depth, state }) => depth === 1 && state !== "Z");
}

interface FreshPair {
  kind: "fresh";
  /** Of gunicorn. */
  workers: number;
  old: number;
  /** Whether both have fresh workers. */
  isComplete: boolean;
}

function lookForFreshPair(
  request: Invocation,
  state: State,
  before: ProcessIdentity[],
): FreshPair | Ended {
  const now = stillServing(request, state);
  if (now.kind === "ended") return now;
  const isOld = ({ pid, startTicks }: ProcessIdentity) =>
    before.some((known) => known.pid === pid && known.startTicks === startTicks);
  const nginx = childrenOf(state.nginx);
  const gunicorn = childrenOf(state.gunicorn);
  const old = gunicorn.filter(isOld).length;
  const workers = gunicorn.length - old;
  const isComplete = workers > 0 && !nginx.every(isOld);
  return { kind: "fresh", workers, old, isComplete };
}

async function answers({ ready }: State): Promise<boolean> {
  if (!ready) return true;
  const giveUp = new AbortController();
  const asked = getStatus(ready.address, ready.path, giveUp.signal).catch(() => undefined);
  const isInTime = await happensWithin(clock, ANSWER_MS, asked);
  giveUp.abort();
  return isInTime && await asked === 200;
}

function fail(reason: string): number {
  writeToStderr(`tandem: ${reason}\n`);
  return 1;
}
