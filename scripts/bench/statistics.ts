export interface Summary {
  median: number;
  least: number;
  most: number;
}

/** @param values at least one */
export function summarize(values: number[]): Summary {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = (sorted.length - 1) / 2;
  return {
    median: (sorted[Math.floor(middle)]! + sorted[Math.ceil(middle)]!) / 2,
    least: sorted[0]!,
    most: sorted.at(-1)!,
  };
}

/** Of the medians; nothing where the base is nothing, or not a number. */
export function ratio(one: Summary, base: Summary): number | undefined {
  return base.median > 0 ? one.median / base.median : undefined;
}
