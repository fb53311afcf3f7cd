/** Starts the two children and short commands, each as the leader of a session of its own. */

import type { ChildName, ChildPlan } from "../../plan/launch_plan.ts";
import type { StreamName } from "../../plan/output_plan.ts";
import type { SignalName } from "../../plan/signals.ts";
import { withOriginalMask } from "../system/background.ts";
import { type Clock, happensWithin } from "../system/clock.ts";
import { prepareInheritedEnvironment } from "../system/environment.ts";
import type { Reaper } from "./reaper.ts";
import { handlesSignal, isBeingStopped, STOP_SIGNALS } from "./signal_state.ts";
import { processExists, sendSignal, type SignalOutcome } from "./signals.ts";

export interface ChildStatus {
  /** 128 plus the signal's number if a signal killed it. */
  code: number;
  signal: string | null;
}

/** Processes that are signalled and awaited together. */
export interface ProcessGroup {
  readonly name: string;
  /** Whether all of them have exited. */
  readonly isGone: boolean;
  /** Settles when all of them have exited. */
  readonly gone: Promise<void>;
  signalGroup(name: SignalName): SignalOutcome;
}

/** nginx or gunicorn: a master, and the process group that it forms with its workers. */
export interface Child extends ProcessGroup {
  readonly name: ChildName;
  readonly pid: number;
  /** Asks the child to finish its requests and exit. */
  readonly stopSignal: SignalName;
  /** The master's exit status. */
  readonly status: Promise<ChildStatus>;
  /** Signals the master; once that has exited, what is left of its group. */
  signal(name: SignalName): SignalOutcome;
  /** False while the master has no handler for it yet, so that the signal would end it. */
  handles(name: SignalName): boolean;
  /** Whether the master has exited because of a signal to stop that came before tandem's own. */
  readonly wasStoppedByOther: boolean;
  /** By the clock that it was started with; `undefined` if another tandem has started it. */
  readonly startedAt?: number;
}

/** A child of this tandem, whose output may be read. */
export interface StartedChild extends Child {
  /** Gives the output to a reader, for a child that was started for one. */
  relayTo(reader: OutputReader): void;
}

/** Reads the children's output, as the relay does. */
export interface OutputReader {
  carry(stream: ReadableStream<Uint8Array>, source: ChildStream): void;
}

export interface ChildStream {
  child: ChildName;
  stream: StreamName;
}

/** The executable is missing or cannot be executed. */
export class SpawnError extends Error {
  override readonly name = "SpawnError";
}

/** By the name, because a module that is loaded late has a class of its own. */
export function isSpawnError(error: unknown): error is SpawnError {
  return error instanceof Error && error.name === "SpawnError";
}

/** How often the end of a group is checked, in milliseconds. */
const CHECK_MS = 1000;

/**
 * @param isRelayed whether a reader is to take the child's output; otherwise it writes to tandem's stdout and stderr
 * @throws {SpawnError}
 */
export function spawnChild(
  plan: ChildPlan,
  reaper: Reaper,
  clock: Clock,
  isRelayed: boolean,
): StartedChild {
  const output = isRelayed ? "piped" : "inherit";
  const startedAt = clock.now();
  const process = start(plan.executable, {
    args: plan.args,
    cwd: plan.cwd,
    stdin: "null",
    stdout: output,
    stderr: output,
    detached: true,
    parentDeathSignal: plan.stopSignal,
  });
  reaper.exclude(process);
  let isMasterGone = false;
  let isGroupGone = false;
  let isAsked = false;
  let wasAskedByOther = false;
  let wasStoppedByOther = false;
  const status = process.status.catch(toRealTimeStatus).then(({ code, signal }): ChildStatus => {
    isMasterGone = true;
    const isStop = signal === null ? code === 0 : STOP_SIGNALS.includes(signal as SignalName);
    wasStoppedByOther = isStop && (wasAskedByOther || !isAsked);
    return { code, signal };
  });

  function send(pid: number, name: SignalName): SignalOutcome {
    if (isGroupGone) return "gone";
    const isFirstStop = !isAsked && (name === "SIGKILL" || STOP_SIGNALS.includes(name));
    const byOther = isFirstStop && isBeingStopped(process.pid);
    const outcome = sendSignal(pid, name);
    if (isFirstStop && outcome === "sent") {
      isAsked = true;
      wasAskedByOther = byOther;
    }
    return outcome;
  }

  async function groupGone(): Promise<void> {
    await status;
    // A worker with another parent is reaped by that one, without a SIGCHLD for tandem: so check now and then.
    while (processExists(-process.pid)) {
      await happensWithin(clock, CHECK_MS, reaper.next());
    }
    isGroupGone = true;
  }

  return {
    name: plan.name,
    pid: process.pid,
    stopSignal: plan.stopSignal,
    status,
    gone: groupGone(),
    get isGone() {
      return isGroupGone;
    },
    signal: (name) => send(isMasterGone ? -process.pid : process.pid, name),
    signalGroup: (name) => send(-process.pid, name),
    handles: (name) => isMasterGone || handlesSignal(process.pid, name),
    get wasStoppedByOther() {
      return wasStoppedByOther;
    },
    startedAt,
    relayTo(reader) {
      reader.carry(process.stdout, { child: plan.name, stream: "stdout" });
      reader.carry(process.stderr, { child: plan.name, stream: "stderr" });
    },
  };
}

/** The first of them that programs may use, and the one that is assumed if Deno's message has no number. */
const REAL_TIME = 34;

/** Deno has no name for a real-time signal, and fails to tell the status of a child that one killed. */
function toRealTimeStatus(error: Error): ChildStatus {
  const number = Number(/^Invalid signal: (\d+)$/.exec(error.message)?.[1] ?? REAL_TIME);
  const signal = number < REAL_TIME ? `signal ${number}` : `SIGRTMIN+${number - REAL_TIME}`;
  return { code: 128 + number, signal };
}

export interface CommandOutput extends ChildStatus {
  stdout: string;
  stderr: string;
}

/**
 * Runs a short command to its end and returns its status and output.
 * @param signal kills the command and its children with SIGKILL
 * @param env in addition to tandem's own
 * @param onOutput takes stdout in pieces, of which nothing is kept then
 * @throws {SpawnError}
 */
export async function runCommand(
  executable: string,
  args: string[],
  reaper: Reaper,
  signal?: AbortSignal,
  env?: Record<string, string>,
  onOutput?: (text: string) => void,
): Promise<CommandOutput> {
  const process = start(executable, {
    args,
    env,
    stdin: "null",
    stdout: "piped",
    stderr: "piped",
    detached: true,
    parentDeathSignal: "SIGKILL",
  });
  reaper.exclude(process);
  const kill = () => sendSignal(-process.pid, "SIGKILL");
  signal?.addEventListener("abort", kill, { once: true });
  const [{ code, signal: by }, stdout, stderr] = await Promise.all([
    process.status,
    readText(process.stdout, onOutput),
    readText(process.stderr),
  ]);
  signal?.removeEventListener("abort", kill);
  return { code, signal: by, stdout, stderr };
}

interface CommandOptions extends Deno.CommandOptions {
  /** Sent to the child when tandem dies. Only the slim edition has this option; Deno ignores it. */
  parentDeathSignal: SignalName;
}

function start(executable: string, options: CommandOptions): Deno.ChildProcess {
  prepareInheritedEnvironment();
  try {
    return withOriginalMask(() => new Deno.Command(executable, options).spawn());
  } catch (error) {
    throw new SpawnError(`Cannot start ${executable}: ${(error as Error).message}`);
  }
}

/** Gives way to other events, such as signals, between one piece and the next. */
async function readText(
  stream: ReadableStream<Uint8Array>,
  onText?: (text: string) => void,
): Promise<string> {
  const reader = stream.getReader();
  const decoder = new TextDecoder();
  let kept = "";
  const take = onText ?? ((text: string) => kept += text);
  for (;;) {
    const { value, done } = await reader.read();
    take(done ? decoder.decode() : decoder.decode(value, { stream: true }));
    if (done) return kept;
  }
}
