/** Summaries of samples, and their numbers as text. */

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

/** The range of the middle half of the values, which a single busy moment does not widen. */
export function middleHalf(values: number[]): { low: number; high: number } {
  const sorted = values.toSorted((a, b) => a - b);
  const cut = Math.floor(sorted.length / 4);
  return { low: sorted[cut]!, high: sorted.at(-1 - cut)! };
}

/** The ratio of the medians; `undefined` if that of `base` is 0 or NaN. */
export function ratio(one: Summary, base: Summary): number | undefined {
  return base.median > 0 ? one.median / base.median : undefined;
}

/** From 1,000 on without decimals, which would say nothing. */
export function formatNumber(value: number, digits: number): string {
  return value < 1000 ? value.toFixed(digits) : Math.round(value).toLocaleString("en-US");
}

/** "42.7 (40.1-45.3)"; one number if they are all the same. */
export function formatSummary({ median, min, max }: Summary, digits: number): string {
  const [middle, least, most] = [median, min, max].map((value) => formatNumber(value, digits));
  return least === most ? middle! : `${middle} (${least}-${most})`;
}
