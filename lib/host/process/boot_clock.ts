/** What time it is by the kernel's count, in which the starts of processes are told. */

import { monotonicClock } from "../system/clock.ts";
import { readStat, TICK_MS } from "./stat.ts";

let ownStart: number | undefined;

/**
 * Milliseconds after boot, to a few tens. From this process's own start and age: /proc/uptime is the container's on
 * some hosts, while the starts of processes are the machine's.
 */
export function bootClockNow(): number {
  ownStart ??= (readStat(Deno.pid)?.startTicks ?? 0) * TICK_MS;
  return ownStart + monotonicClock.now();
}
