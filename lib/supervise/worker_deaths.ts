/** Says each death of a gunicorn worker once, and reads deaths from gunicorn's own lines. */

import { includesText } from "../host/output/lines.ts";
import type { ChildStream } from "../host/process/child.ts";
import type { Clock } from "../host/system/clock.ts";
import type { Log } from "../log.ts";
import { describeMemoryKills, type MemoryKills } from "../plan/format.ts";

export interface WorkerDeath {
  pid: number;
  signal?: string;
  status?: number;
  reason?: "worker timeout" | "out of memory";
}

export interface DeathDependencies {
  clock: Clock;
  log: Log;
  /** Since tandem's start. */
  memoryKills: () => MemoryKills | undefined;
  /** False while the pair is drained, when workers exit because tandem asked. */
  isServing: () => boolean;
  onCount: (deaths: number, reasons: Record<string, number>) => void;
}

/** This many deaths within that time get one more line. */
const MANY = 5;
const MANY_WITHIN_MS = 60_000;
/** gunicorn aborts a worker after its timeout, and reports that death once more. */
const SAME_DEATH_MS = 60_000;

export class WorkerDeaths {
  #count = 0;
  readonly #reasons: Record<string, number> = {};
  #knownKills = 0;
  #times: number[] = [];
  #areManySaid = false;
  readonly #lastDeaths = new Map<number, number>();

  constructor(private readonly dependencies: DeathDependencies) {}

  /** @param bytes whole lines */
  onOutput({ child, stream }: ChildStream, bytes: Uint8Array): void {
    if (child !== "gunicorn" || stream !== "stderr") return;
    if (!includesText(bytes, "Worker ") && !includesText(bytes, "WORKER ")) return;
    for (const line of new TextDecoder().decode(bytes).split("\n")) {
      const death = parseWorkerDeath(line);
      if (death) this.onDeath(death);
    }
  }

  onDeath(death: WorkerDeath): void {
    const { clock, log, memoryKills, isServing, onCount } = this.dependencies;
    if (!isServing()) return;
    const now = clock.now();
    const last = this.#lastDeaths.get(death.pid) ?? -Infinity;
    if (now - last < SAME_DEATH_MS) return;
    this.#lastDeaths.set(death.pid, now);
    for (const [pid, at] of this.#lastDeaths) {
      if (now - at >= SAME_DEATH_MS) this.#lastDeaths.delete(pid);
    }

    const memory = memoryKills();
    const mayBeOfMemory = death.signal === "SIGKILL" || isUnexplained(death);
    const isOfMemory = mayBeOfMemory && memory && memory.kills > this.#knownKills;
    this.#knownKills = memory?.kills ?? 0;
    const known: WorkerDeath = isOfMemory ? { ...death, reason: "out of memory" } : death;
    const counted = deathReason(known);
    this.#reasons[counted] = (this.#reasons[counted] ?? 0) + 1;
    onCount(++this.#count, this.#reasons);

    const cause = isOfMemory ? describeMemoryKills(memory) : death.reason;
    const text = `${describeEnd(known)}${cause ? `: ${cause}` : ""}`;

    this.#times = [...this.#times.filter((at) => now - at < MANY_WITHIN_MS), now];
    if (this.#times.length < MANY) {
      this.#areManySaid = false;
      return log.warning("worker-died", `gunicorn worker ${known.pid} ${text}`, { ...known });
    }
    if (this.#areManySaid) return;
    this.#areManySaid = true;
    const message = `${MANY} gunicorn workers died within a minute; the last one ${text}; ` +
      "further deaths are only counted until that ends";
    log.error("workers-keep-dying", message, { ...known });
  }
}

/** The names by which deaths are counted. */
export const deathReasons = [
  "SIGABRT",
  "SIGBUS",
  "SIGFPE",
  "SIGILL",
  "SIGKILL",
  "SIGSEGV",
  "other-signal",
  "exit-status",
  "worker-timeout",
  "out-of-memory",
  "unknown",
] as const;

function deathReason({ signal, status, reason }: WorkerDeath): typeof deathReasons[number] {
  if (reason) return reason === "worker timeout" ? "worker-timeout" : "out-of-memory";
  if (signal) return deathReasons.find((name) => name === signal) ?? "other-signal";
  return status === undefined ? "unknown" : "exit-status";
}

/** Only the parent of a process learns how it ended, before Linux 6.15. */
function isUnexplained({ signal, status, reason }: WorkerDeath): boolean {
  return signal === undefined && status === undefined && reason === undefined;
}

function describeEnd({ signal, status, reason }: WorkerDeath): string {
  if (signal) return `was killed by ${signal}`;
  if (status !== undefined) return `exited with status ${status}`;
  if (reason === "worker timeout") return "is aborted by gunicorn";
  return reason ? "died" : "died (gunicorn's own log may say why)";
}

/** The lines of gunicorn 20 to 23. Of exits in order gunicorn says only "Worker exiting". */
export function parseWorkerDeath(line: string): WorkerDeath | undefined {
  const [, timedOut] = /WORKER TIMEOUT \(pid:(\d+)\)$/.exec(line) ?? [];
  if (timedOut) return { pid: Number(timedOut), reason: "worker timeout" };
  const [, of20, number] = /Worker with pid (\d+) was terminated due to signal (\d+)$/.exec(line) ??
    [];
  if (of20) return ofSignal(of20, SIGNALS[Number(number)] ?? `signal ${number}`);
  const [, of21, name] = /Worker \(pid:(\d+)\) was sent (SIG\w+)!/.exec(line) ?? [];
  if (of21 && name) return ofSignal(of21, name);
  const [, exited, code] = /Worker \(pid:(\d+)\) exited with code (\d+)\.?$/.exec(line) ?? [];
  if (exited && Number(code) !== 0) return { pid: Number(exited), status: Number(code) };
  return undefined;
}

/** gunicorn itself exits, because the worker could not boot or load the app: that is the cause of the stop. */
const ENDS_GUNICORN = [3, 4];

/** @param wait what waitpid(2) gives; `undefined` for an exit in order, or one that ends gunicorn too */
export function deathOfStatus(pid: number, wait: number): WorkerDeath | undefined {
  const number = wait & 0x7f;
  if (number) return ofSignal(`${pid}`, SIGNALS[number] ?? `signal ${number}`);
  const status = wait >> 8;
  return status === 0 || ENDS_GUNICORN.includes(status) ? undefined : { pid, status };
}

/** Stops and reloads send these to workers. */
const ASKED = ["SIGTERM", "SIGQUIT", "SIGINT"];

function ofSignal(pid: string, signal: string): WorkerDeath | undefined {
  return ASKED.includes(signal) ? undefined : { pid: Number(pid), signal };
}

const SIGNALS: Record<number, string> = {
  2: "SIGINT",
  3: "SIGQUIT",
  4: "SIGILL",
  6: "SIGABRT",
  7: "SIGBUS",
  8: "SIGFPE",
  9: "SIGKILL",
  11: "SIGSEGV",
  15: "SIGTERM",
};
