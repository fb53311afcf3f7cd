/** Virtual time, which passes only when a test advances it, and then at once. */

import { setImmediate } from "node:timers";
import type { Clock } from "../../../lib/host/system/clock.ts";

interface Timer {
  due: number;
  fire: () => void;
}

/** In virtual milliseconds. A test that waits longer would wait for ever. */
const LONGEST_WAIT_MS = 30 * 24 * 60 * 60 * 1000;

export class FakeClock implements Clock {
  #now = 0;
  /** In creation order, which decides between timers that are due together. */
  readonly #timers = new Set<Timer>();

  now(): number {
    return this.#now;
  }

  get liveTimers(): number {
    return this.#timers.size;
  }

  sleep(milliseconds: number, signal?: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      if (signal?.aborted) return reject(signal.reason);
      const timer: Timer = {
        due: this.#now + milliseconds,
        fire: () => {
          signal?.removeEventListener("abort", cancel);
          resolve();
        },
      };
      const cancel = () => {
        this.#timers.delete(timer);
        reject(signal!.reason);
      };
      this.#timers.add(timer);
      signal?.addEventListener("abort", cancel, { once: true });
    });
  }

  /** Runs everything that can run without time passing. */
  settle(): Promise<void> {
    // The event loop turns only after the last microtask, including those that microtasks add.
    return new Promise((resolve) => void setImmediate(resolve));
  }

  async advance(milliseconds: number): Promise<void> {
    const end = this.#now + milliseconds;
    await this.settle();
    for (let timer = this.#next(); timer && timer.due <= end; timer = this.#next()) {
      await this.#fire(timer);
    }
    this.#now = end;
  }

  /**
   * Jumps from timer to timer until the promise settles.
   * @throws if it never would
   */
  async finish<T>(promise: Promise<T>): Promise<T> {
    let settled = false;
    const settle = () => void (settled = true);
    promise.then(settle, settle);
    const end = this.#now + LONGEST_WAIT_MS;
    for (await this.settle(); !settled;) {
      const timer = this.#next();
      if (!timer) throw new Error("Cannot finish: no timer is left, so nothing would ever happen");
      if (timer.due > end) throw new Error("Cannot finish: still waiting after 30 days");
      await this.#fire(timer);
    }
    return await promise;
  }

  #next(): Timer | undefined {
    let next: Timer | undefined;
    for (const timer of this.#timers) if (!next || timer.due < next.due) next = timer;
    return next;
  }

  #fire(timer: Timer): Promise<void> {
    this.#timers.delete(timer);
    this.#now = Math.max(this.#now, timer.due);
    timer.fire();
    return this.settle();
  }
}
