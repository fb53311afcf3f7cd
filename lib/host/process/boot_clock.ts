/** The kernel's time since boot, in which it gives the start of every process. */

import { monotonicClock } from "../system/clock.ts";
import { readStat, TICK_MS } from "./stat.ts";

let ownStart: number | undefined;

/**
 * Milliseconds since boot, accurate to a few tens. Computed from this process's own start and age, because some hosts
 * give a container an /proc/uptime of its own while the starts of its processes count from the machine's boot.
 */
export function bootClockNow(): number {
  ownStart ??= (readStat(Deno.pid)?.startTicks ?? 0) * TICK_MS;
  return ownStart + monotonicClock.now();
}
