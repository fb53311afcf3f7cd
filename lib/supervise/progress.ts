/** While a start or a drain takes long: says now and then what it waits for. */

import type { Clock } from "../host/system/clock.ts";

/** Where it is said: one line rewritten in place, or whole lines. */
export interface ProgressDisplay {
  /** Milliseconds from one word to the next, and to the first: a quick start or drain says nothing. */
  readonly everyMs: number;
  show(text: string): void;
  /** What was shown is over. */
  clear(): void;
}

/** In words what is waited for; nothing when there is nothing to say at that moment. */
export type DescribeProgress = () => string | undefined | Promise<string | undefined>;

export async function showProgress(
  describe: DescribeProgress,
  display: ProgressDisplay,
  clock: Clock,
  signal: AbortSignal,
): Promise<void> {
  const begin = clock.now();
  try {
    for (let turn = 1;; turn++) {
      // By the beginning, so that late wake-ups do not add up and the seconds shown do not skip.
      const due = begin + turn * display.everyMs;
      await clock.sleep(Math.max(0, due - clock.now()), signal);
      // After a long halt of the machine the missed turns are left out.
      turn = Math.max(turn, Math.floor((clock.now() - begin) / display.everyMs));
      const text = await describe();
      if (text !== undefined && !signal.aborted) display.show(text);
    }
  } catch (error) {
    if (!signal.aborted) throw error;
  } finally {
    display.clear();
  }
}

/** A reason of one's own, because the usual one costs a stack trace. */
const OVER = "the phase is over";

/** Says it for each phase that may take long, until the next one. */
export class Progress {
  #phase = "";
  #current: AbortController | undefined;

  constructor(
    private readonly describe: DescribeProgress,
    private readonly display: ProgressDisplay,
    private readonly clock: Clock,
  ) {}

  async onPhase(phase: string): Promise<void> {
    this.#phase = phase;
    this.#current?.abort(OVER);
    this.#current = undefined;
    if (phase !== "starting" && phase !== "draining") return;
    // What the phase begins with comes first: gunicorn's start, nginx's stop.
    await Promise.resolve();
    if (this.#phase !== phase) return;
    this.#current = new AbortController();
    // To fail at saying how things stand is no reason to fail at them.
    showProgress(this.describe, this.display, this.clock, this.#current.signal).catch(() => {});
  }
}
