/** Runs an action for each item, at most `width` at a time. */
export async function pool<T>(
  width: number,
  items: Iterable<T>,
  action: (item: T) => Promise<void>,
): Promise<void> {
  const waiting = items[Symbol.iterator]();
  const worker = async () => {
    for (let next = waiting.next(); !next.done; next = waiting.next()) await action(next.value);
  };
  await Promise.all(Array.from({ length: width }, worker));
}
