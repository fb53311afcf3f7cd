/** Waits until somebody answers, and asks the less often the longer it has waited. */

import type { Clock } from "../host/system/clock.ts";

/** Asks once: the HTTP status, or an error when there was no answer. Tells when somebody has accepted the question. */
export type Probe = (signal: AbortSignal, onConnected?: () => void) => Promise<number>;

export interface ProbeTarget {
  probe: Probe;
  /** Whether this status will do. */
  accept: (status: number) => boolean;
  /** Told of each status that will not do. */
  onRefused?: (status: number) => void;
}

/** A pause is this part of the time waited, so that no start is held up by more than 3 %. */
const PART_OF_WAIT = 1 / 32;
const SHORTEST_PAUSE_MS = 1;
/** In the long run once a second: a wait for somebody who does not come costs nothing. */
const LONGEST_PAUSE_MS = 1000;

/**
 * Once somebody accepts the question, its answer is waited for without asking again.
 * @throws the signal's reason when that comes first
 */
export async function pollUntilAccepted(
  { probe, accept, onRefused }: ProbeTarget,
  clock: Clock,
  signal: AbortSignal,
): Promise<void> {
  const start = clock.now();
  for (;;) {
    const status = await probe(signal).catch(() => undefined);
    signal.throwIfAborted();
    if (status !== undefined) {
      if (accept(status)) return;
      onRefused?.(status);
    }
    const pause = Math.ceil((clock.now() - start) * PART_OF_WAIT);
    await clock.sleep(Math.min(Math.max(pause, SHORTEST_PAUSE_MS), LONGEST_PAUSE_MS), signal);
  }
}
