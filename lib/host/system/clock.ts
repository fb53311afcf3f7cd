/** Time for whatever waits or has a deadline. Never the wall clock, which can jump. */
export interface Clock {
  /** Milliseconds since some fixed moment. */
  now(): number;
  /** Rejects with the signal's reason when that comes first. */
  sleep(milliseconds: number, signal?: AbortSignal): Promise<void>;
}

/** Counts from the start of the runtime, so that `now()` says how long tandem has been up. */
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

/** Whether the event comes before the time is over. Leaves no timer behind. */
export async function happensWithin(
  clock: Clock,
  milliseconds: number,
  event: Promise<unknown>,
  signal?: AbortSignal,
): Promise<boolean> {
  const over = new AbortController();
  const timeIsOver = clock.sleep(
    milliseconds,
    signal ? AbortSignal.any([signal, over.signal]) : over.signal,
  );
  try {
    return await Promise.race([event.then(() => true), timeIsOver.then(() => false)]);
  } finally {
    over.abort();
    timeIsOver.catch(() => {});
  }
}
