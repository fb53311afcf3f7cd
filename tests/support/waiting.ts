/** Waiting for a condition with a bound. Nothing in the tests sleeps and hopes. */

/** @throws when the promise has not settled after so many milliseconds */
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
 * What a busy machine may add to a deadline. It is generous: a test tells apart which deadline ended a run, so it
 * keeps the others further away than this.
 */
export const SCHEDULING_MS = 10_000;

/** Looks again and again until the answer is neither false nor absent. @throws when that takes too long */
export async function until<T>(
  milliseconds: number,
  what: string,
  look: () => T | Promise<T>,
): Promise<Exclude<T, false | undefined>> {
  const deadline = performance.now() + milliseconds;
  for (;;) {
    const found = await look();
    if (found !== undefined && found !== false) return found as Exclude<T, false | undefined>;
    if (performance.now() > deadline) throw new Error(`Not within ${milliseconds} ms: ${what}`);
    await pause(POLL_MS);
  }
}

/** For the pace of a client or the moment of a signal, never in the place of a condition. */
export function pause(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}
