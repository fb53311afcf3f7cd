/** Named calls; what one gives back or throws is compared. They run in this order, in a folder of their own. */
export type Cases = (folder: string) => Record<string, () => unknown>;

/** Polls until something is so; both hosts have ten seconds. */
export async function until(isSo: () => boolean): Promise<void> {
  const deadline = performance.now() + 10_000;
  while (!isSo()) {
    if (performance.now() > deadline) throw new Error("it did not come to be in 10 s");
    await new Promise<void>((resolve) => setTimeout(resolve, 5));
  }
}
