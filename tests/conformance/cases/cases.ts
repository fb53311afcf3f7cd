/** Calls by title, run in this order; their results and errors are compared. */
export type Cases = (folder: string) => Record<string, () => unknown>;

/** Polls until the condition holds, for at most 10 s. */
export async function until(condition: () => boolean): Promise<void> {
  const deadline = performance.now() + 10_000;
  while (!condition()) {
    if (performance.now() > deadline) throw new Error("the condition did not hold within 10 s");
    await new Promise<void>((resolve) => setTimeout(resolve, 5));
  }
}
