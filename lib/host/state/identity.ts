/** Identifies processes by pid and start, because the kernel gives a pid to another process later. */

import { readStat } from "../process/stat.ts";
import type { ProcessIdentity } from "./schema.ts";

export function identifyProcess(pid: number): ProcessIdentity {
  return { pid, startTicks: readStat(pid)?.startTicks ?? 0 };
}

/** Whether this process is alive, and not a later one with its pid. */
export function isAlive({ pid, startTicks }: ProcessIdentity): boolean {
  return readStat(pid)?.startTicks === startTicks;
}
