/** Waits until somebody answers, without asking more often than a change or a growing pause suggests. */

import { type Clock, happensWithin } from "../host/clock.ts";

/** Asks once: the HTTP status, or an error when there was no answer. */
export type Ask = (signal: AbortSignal) => Promise<number>;

export interface Waiting {
  ask: Ask;
  /** Whether this status will do. */
  accept: (status: number) => boolean;
  /** Settles when asking again makes sense before the pause is over. */
  changed?: () => Promise<void>;
  /** Told of each status that will not do. */
  onRefused?: (status: number) => void;
}

const FIRST_PAUSE_MS = 1;
/** Not oftener than once a second in the long run: an idle wait costs nothing. */
const LONGEST_PAUSE_MS = 1000;

/** @throws the signal's reason when that comes first */
export async function untilAnswered(
  { ask, accept, changed = () => new Promise<void>(() => {}), onRefused }: Waiting,
  clock: Clock,
  signal: AbortSignal,
): Promise<void> {
  for (let pause = FIRST_PAUSE_MS;; pause = Math.min(2 * pause, LONGEST_PAUSE_MS)) {
    // Taken before the question, so that a change between question and pause is not missed.
    const change = changed();
    const status = await ask(signal).catch(() => undefined);
    signal.throwIfAborted();
    if (status !== undefined) {
      if (accept(status)) return;
      onRefused?.(status);
    }
    if (await happensWithin(clock, pause, change, signal)) pause = FIRST_PAUSE_MS / 2;
  }
}
