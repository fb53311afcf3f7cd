/** Time for everything that waits or has a deadline: monotonic, because the wall clock can jump. */

export interface Clock {
  /** Milliseconds since a fixed moment. */
  now(): number;
  /** Rejects with the signal's reason if the signal is aborted first. */
  sleep(milliseconds: number, signal?: AbortSignal): Promise<void>;
}

/** Counts from the start of the runtime, so `now()` is tandem's age. */
export const monotonicClock: Clock = {
  now: () => performance.now(),
  sleep(milliseconds, signal) {
    return new Promise((resolve, reject) => {
      if (signal?.aborted) return reject(signal.reason);
      const cancel = () => {
        clearTimeout(timer);
        reject(signal!.reason);
      };
      const timer = setTimeout(() => {
        signal?.removeEventListener("abort", cancel);
        resolve();
      }, milliseconds);
      signal?.addEventListener("abort", cancel, { once: true });
    });
  },
};

/**
 * Whether the event settles within the time. Leaves no timer behind.
 * @throws what the event rejects with, or the signal's reason
 */
export async function happensWithin(
  clock: Clock,
  milliseconds: number,
  event: Promise<unknown>,
  signal?: AbortSignal,
): Promise<boolean> {
  const timer = new AbortController();
  const timeout = clock.sleep(
    milliseconds,
    signal ? AbortSignal.any([signal, timer.signal]) : timer.signal,
  );
  try {
    return await Promise.race([event.then(() => true), timeout.then(() => false)]);
  } finally {
    timer.abort();
    timeout.catch(() => {});
  }
}
