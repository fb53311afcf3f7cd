/** Asks a server until it gives the answer that is waited for, less often the longer it takes. */

import { type Clock, happensWithin } from "../host/system/clock.ts";

/**
 * Asks once.
 * @param onConnected called when a server has accepted the connection
 * @returns the HTTP status
 * @throws if there is no answer
 */
export type Probe = (signal: AbortSignal, onConnected?: () => void) => Promise<number>;

export interface ProbeTarget {
  probe: Probe;
  accept: (status: number) => boolean;
  /** Called with each status that is not accepted. */
  onRefused?: (status: number) => void;
  /** Called with the time for which a question has had no answer, less and less often. */
  onUnanswered?: (milliseconds: number) => void;
}

/** A pause is this part of the time waited so far, so polling delays a start by 3 % at most. */
const PART_OF_WAIT = 1 / 32;
/**
 * A question takes 0.2 ms of CPU, which slows what is waited for: two CPUs are often threads of one core, and a busy one
 * makes Python's imports on the other 1.4 times as long. The first answer to a client does not wait for tandem's question.
 */
const SHORTEST_PAUSE_MS = 3;
/** A server that has answered is asked less often, because each question costs the app a request: 20 in the first second. */
const PART_AFTER_ANSWER = 1 / 8;
const SHORTEST_AFTER_ANSWER_MS = 25;
/** A wait for a server that never starts must cost next to nothing. */
const LONGEST_PAUSE_MS = 1000;
/** A slow app may need longer for its first answer. */
const PATIENCE_MS = 30_000;

/**
 * A server that has accepted a question is waited for, and asked once more after a while: the question may be lost in a
 * worker that hangs, or the app may only be slow, so the first answer to either counts.
 * @throws the signal's reason when it aborts
 */
export async function pollUntilAccepted(
  { probe, accept, onRefused, onUnanswered }: ProbeTarget,
  clock: Clock,
  signal: AbortSignal,
): Promise<void> {
  const start = clock.now();
  for (;;) {
    const status = await ask(probe, clock, signal, onUnanswered).catch(() => undefined);
    signal.throwIfAborted();
    if (status !== undefined) {
      if (accept(status)) return;
      onRefused?.(status);
    }
    const [part, shortest] = status === undefined
      ? [PART_OF_WAIT, SHORTEST_PAUSE_MS]
      : [PART_AFTER_ANSWER, SHORTEST_AFTER_ANSWER_MS];
    const pause = Math.max(shortest, Math.ceil((clock.now() - start) * part));
    await clock.sleep(Math.min(pause, LONGEST_PAUSE_MS), signal);
  }
}

async function ask(
  probe: Probe,
  clock: Clock,
  signal: AbortSignal,
  onUnanswered: ProbeTarget["onUnanswered"],
): Promise<number> {
  const start = clock.now();
  const over = new AbortController();
  const either = AbortSignal.any([signal, over.signal]);
  const answers: Promise<number>[] = [];
  try {
    for (let patience = PATIENCE_MS;; patience *= 2) {
      answers.push(probe(either));
      const first = Promise.race(answers);
      if (await happensWithin(clock, patience, first, signal)) return await first;
      onUnanswered?.(clock.now() - start);
    }
  } finally {
    over.abort("one question is answered");
    for (const answer of answers) answer.catch(() => {});
  }
}
