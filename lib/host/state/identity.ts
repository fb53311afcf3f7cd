/** Identifies processes by pid and start, because the kernel gives a pid to another process later. */

import { processExists } from "../process/signals.ts";
import { readStat, readStatOfAny } from "../process/stat.ts";
import { readTextIfExists } from "../system/if_exists.ts";
import type { ProcessIdentity } from "./schema.ts";

export function identifyProcess(pid: number): ProcessIdentity {
  return { pid, startTicks: readStat(pid)?.startTicks ?? 0 };
}

/** Whether this process is alive, and not a later one with its pid. */
export function isAlive({ pid, startTicks }: ProcessIdentity): boolean {
  return readStat(pid)?.startTicks === startTicks;
}

/** `hidden`: there is such a process, and /proc does not show it to this user, as with hidepid. */
export type Liveness = "alive" | "hidden" | "gone";

export function livenessOf(process: ProcessIdentity): Liveness {
  if (isAlive(process)) return "alive";
  const isShown = readStatOfAny(process.pid) !== undefined;
  return !isShown && processExists(process.pid) ? "hidden" : "gone";
}

/** The kernel draws one at each boot; `undefined` without /proc/sys. An identity is good until the next. */
export function readBootId(): string | undefined {
  return readTextIfExists("/proc/sys/kernel/random/boot_id")?.trim() || undefined;
}
