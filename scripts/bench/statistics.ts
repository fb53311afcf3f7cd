/** Summaries of samples. */

export interface Summary {
  median: number;
  min: number;
  max: number;
}

/** @param values at least one */
export function summarize(values: number[]): Summary {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = (sorted.length - 1) / 2;
  return {
    median: (sorted[Math.floor(middle)]! + sorted[Math.ceil(middle)]!) / 2,
    min: sorted[0]!,
    max: sorted.at(-1)!,
  };
}

/** The ratio of the medians; `undefined` if that of `base` is 0 or NaN. */
export function ratio(one: Summary, base: Summary): number | undefined {
  return base.median > 0 ? one.median / base.median : undefined;
}
