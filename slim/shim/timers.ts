/** setTimeout, setInterval and their counterparts on the loop's monotonic timers. */

import { host } from "./host.ts";

type Callback = (...values: unknown[]) => void;

/**
 * Maps the id that setInterval returned to the loop's current timer, which changes at each
 * repetition.
 */
const currentTimers = new Map<number, number>();

/** The HTML standard stores delays in 32 bits; Deno treats a longer one as 0. */
const LONGEST_MS = 2 ** 31 - 1;

function toDelay(milliseconds: unknown): number {
  const requested = Number(milliseconds);
  return requested > 0 && requested <= LONGEST_MS ? Math.floor(requested) : 0;
}

export function setTimeout(callback: Callback, milliseconds?: number, ...values: unknown[]) {
  return host.addTimer(toDelay(milliseconds), () => callback(...values), true);
}

export function setInterval(callback: Callback, milliseconds?: number, ...values: unknown[]) {
  // An interval of 0 would starve everything else.
  const pause = Math.max(1, toDelay(milliseconds));
  function repeat() {
    currentTimers.set(first, host.addTimer(pause, repeat, true));
    callback(...values);
  }
  const first = host.addTimer(pause, repeat, true);
  currentTimers.set(first, first);
  return first;
}

export function clearTimeout(id?: number): void {
  if (id === undefined) return;
  host.cancelTimer(currentTimers.get(id) ?? id);
  currentTimers.delete(id);
}
