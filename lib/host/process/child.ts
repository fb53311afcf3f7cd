/** The two children and what can be done to them. */

import type { ChildName, ChildPlan } from "../../plan/launch_plan.ts";
import type { StreamName } from "../../plan/output_plan.ts";
import type { SignalName } from "../../plan/signals.ts";
import { type Clock, happensWithin } from "../system/clock.ts";
import { libc } from "../system/libc.ts";
import type { Reaper } from "./reaper.ts";

export interface ChildStatus {
  code: number;
  signal: string | null;
}

/** Processes that are signalled and waited for as one. */
export interface ProcessGroup {
  readonly name: string;
  /** Whether all of them are gone. */
  readonly isGone: boolean;
  /** Settles when they are. */
  readonly gone: Promise<void>;
  signalGroup(name: SignalName): void;
}

/** One of the pair: a master with the process group of its workers, in a session of its own. */
export interface Child extends ProcessGroup {
  readonly name: ChildName;
  readonly pid: number;
  /** Asks the child to finish its requests and exit. */
  readonly stopSignal: SignalName;
  /** How the master ended. */
  readonly status: Promise<ChildStatus>;
  /** To the master; once that is gone to whoever it left behind. */
  signal(name: SignalName): void;
}

/** Takes over what a child writes, e.g. the relay. */
export interface OutputReader {
  carry(stream: ReadableStream<Uint8Array>, source: ChildStream): void;
}

export interface ChildStream {
  child: ChildName;
  stream: StreamName;
}

/** `spawn` could not: the executable is not there, or not executable. */
export class SpawnError extends Error {
  override readonly name = "SpawnError";
}

/**
 * @param relay carries what the child writes; without one it writes to tandem's own output
 * @throws {SpawnError}
 */
export function spawnChild(
  plan: ChildPlan,
  reaper: Reaper,
  clock: Clock,
  relay?: OutputReader,
): Child {
  const output = relay ? "piped" : "inherit";
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
  relay?.carry(process.stdout, { child: plan.name, stream: "stdout" });
  relay?.carry(process.stderr, { child: plan.name, stream: "stderr" });
  let isMasterGone = false;
  let isGroupGone = false;
  const status = process.status.then(({ code, signal }) => {
    isMasterGone = true;
    return { code, signal };
  });

  async function groupGone(): Promise<void> {
    await status;
    // Orphans that became ours wake the reaper; the pause is for those that are somebody else's to reap.
    while (libc().kill(-process.pid, 0) === 0) await happensWithin(clock, 1000, reaper.next());
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
    signal(name) {
      if (!isGroupGone) send(isMasterGone ? -process.pid : process.pid, name);
    },
    signalGroup(name) {
      if (!isGroupGone) send(-process.pid, name);
    },
  };
}

/** Ended a moment ago is no error: the status tells. */
function send(pid: number, name: SignalName): void {
  try {
    Deno.kill(pid, name);
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound) && !isNoSuchProcess(error)) throw error;
  }
}

function isNoSuchProcess(error: unknown): boolean {
  return error instanceof Error && "code" in error && error.code === "ESRCH";
}

export interface CommandOutput extends ChildStatus {
  stdout: string;
  stderr: string;
}

/**
 * Runs a short command to its end and keeps what it printed.
 * @param env beside tandem's own
 * @throws {SpawnError}
 */
export async function runCommand(
  executable: string,
  args: string[],
  reaper: Reaper,
  signal?: AbortSignal,
  env?: Record<string, string>,
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
  const kill = () => send(-process.pid, "SIGKILL");
  signal?.addEventListener("abort", kill, { once: true });
  const [{ code, signal: by }, stdout, stderr] = await Promise.all([
    process.status,
    readText(process.stdout),
    readText(process.stderr),
  ]);
  signal?.removeEventListener("abort", kill);
  return { code, signal: by, stdout, stderr };
}

interface CommandOptions extends Deno.CommandOptions {
  /** Sent to the child when tandem itself dies; the slim edition's own, Deno passes it over. */
  parentDeathSignal: SignalName;
}

/** Looked up where nobody set a PATH, as a container engine would set it. */
const USUAL_PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

function start(executable: string, options: CommandOptions): Deno.ChildProcess {
  // The readiness that systemd waits for is the pair's, which gunicorn alone must not announce.
  const { NOTIFY_SOCKET: _, ...env } = Deno.env.toObject();
  env.PATH ??= USUAL_PATH;
  try {
    return new Deno.Command(executable, {
      ...options,
      env: { ...env, ...options.env },
      clearEnv: true,
    }).spawn();
  } catch (error) {
    throw new SpawnError(`Cannot start ${executable}: ${(error as Error).message}`);
  }
}

async function readText(stream: ReadableStream<Uint8Array>): Promise<string> {
  const reader = stream.getReader();
  const decoder = new TextDecoder();
  let text = "";
  for (;;) {
    const { value, done } = await reader.read();
    if (done) return text + decoder.decode();
    text += decoder.decode(value, { stream: true });
  }
}

/** The file that a name on PATH, or a path, stands for; nothing when there is none that may be executed. */
export function findExecutable(name: string): string | undefined {
  const folders = name.includes("/") ? [""] : (Deno.env.get("PATH") || USUAL_PATH).split(":");
  const candidates = folders.map((folder) => folder ? `${folder}/${name}` : name);
  return candidates.find((path) => isExecutableFile(path));
}

function isExecutableFile(path: string): boolean {
  try {
    const { isFile, mode } = Deno.statSync(path);
    return isFile && ((mode ?? 0) & 0o111) !== 0;
  } catch {
    return false;
  }
}
