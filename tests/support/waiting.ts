/** Waits for a condition with a deadline, so that no test relies on a fixed sleep. */

/** @throws if the promise has not settled after this time */
export async function within<T>(milliseconds: number, what: string, promise: Promise<T>) {
  let timer: number | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(
      () => reject(new Error(`Not within ${milliseconds} ms: ${what}`)),
      milliseconds,
    );
  });
  try {
    return await Promise.race([promise, late]);
  } finally {
    clearTimeout(timer);
  }
}

const POLL_MS = 5;

/**
 * The delay that a busy machine may add to a deadline. It is generous: a test that tells apart which deadline ended a
 * run sets the others further away than this.
 */
export const SCHEDULING_MS = 10_000;

/** Polls until the result is neither `false` nor `undefined`. @throws after this time */
export async function until<T>(
  milliseconds: number,
  what: string,
  poll: () => T | Promise<T>,
): Promise<Exclude<T, false | undefined>> {
  const deadline = performance.now() + milliseconds;
  for (;;) {
    const found = await poll();
    if (found !== undefined && found !== false) return found as Exclude<T, false | undefined>;
    if (performance.now() > deadline) throw new Error(`Not within ${milliseconds} ms: ${what}`);
    await pause(POLL_MS);
  }
}

/** For the pace of a client or the time of a signal only; to wait for a condition, use `until`. */
export function pause(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}
