/** Says now and then what a long start or drain is waiting for. */

import type { Clock } from "../host/system/clock.ts";

/** Where progress is shown: one line rewritten in place, or a log line each time. */
export interface ProgressDisplay {
  /** Milliseconds before the first text and between texts: a quick start or drain shows none. */
  readonly everyMs: number;
  show(text: string): void;
  /** Removes what was shown last. */
  clear(): void;
}

/** @returns what is being waited for; `undefined` if there is nothing to show now */
export type DescribeProgress = () => string | undefined | Promise<string | undefined>;

/** Runs until the signal aborts. */
export async function showProgress(
  describe: DescribeProgress,
  display: ProgressDisplay,
  clock: Clock,
  signal: AbortSignal,
): Promise<void> {
  const begin = clock.now();
  try {
    for (let turn = 1;; turn++) {
      // Counted from the begin, so that late wake-ups do not add up and the seconds shown do not skip.
      const due = begin + turn * display.everyMs;
      await clock.sleep(Math.max(0, due - clock.now()), signal);
      // After the machine was suspended, the missed turns are left out.
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

/** An abort without a reason would cost a stack trace. */
const PHASE_ENDED = "the phase has ended";

/** Shows progress during each phase that may take long. */
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
    this.#current?.abort(PHASE_ENDED);
    this.#current = undefined;
    if (phase !== "starting" && phase !== "draining") return;
    // Lets the phase's first action go first: gunicorn's start, nginx's stop signal.
    await Promise.resolve();
    if (this.#phase !== phase) return;
    this.#current = new AbortController();
    // A start or drain goes on even if its progress cannot be shown.
    showProgress(this.describe, this.display, this.clock, this.#current.signal).catch(() => {});
  }
}
