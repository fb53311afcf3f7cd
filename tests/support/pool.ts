/** Does something with each item, so many at a time: enough to be quick, not so many that they disturb each other. */
export async function pool<T>(
  width: number,
  items: readonly T[],
  action: (item: T) => Promise<void>,
): Promise<void> {
  const waiting = items.values();
  const worker = async () => {
    for (const item of waiting) await action(item);
  };
  await Promise.all(Array.from({ length: width }, worker));
}
