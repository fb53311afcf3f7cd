/** setTimeout and its kin, on the loop's monotonic timers. */

import { host } from "./host.ts";

type Callback = (...values: unknown[]) => void;

/** Of a repeated timer, whose own number stays while the loop's changes. */
const current = new Map<number, number>();

/** The longest that fits the 32 bits of the standard; beyond it a delay counts as none. */
const LONGEST_MS = 2 ** 31 - 1;

function delay(milliseconds: unknown): number {
  const asked = Number(milliseconds);
  return asked > 0 && asked <= LONGEST_MS ? Math.floor(asked) : 0;
}

export function setTimeout(callback: Callback, milliseconds?: number, ...values: unknown[]) {
  return host.timer(delay(milliseconds), () => callback(...values), true);
}

export function setInterval(callback: Callback, milliseconds?: number, ...values: unknown[]) {
  // A pause of none would leave no time for anything else.
  const pause = Math.max(1, delay(milliseconds));
  function repeat() {
    current.set(first, host.timer(pause, repeat, true));
    callback(...values);
  }
  const first = host.timer(pause, repeat, true);
  current.set(first, first);
  return first;
}

export function clearTimeout(id?: number): void {
  if (id === undefined) return;
  host.cancel(current.get(id) ?? id);
  current.delete(id);
}
