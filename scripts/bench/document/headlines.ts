/** The few figures that the summary and the README show, and how tandem compares by them. */

import { markdownTable } from "../../sections.ts";
import type { Panel } from "../plots/bars.ts";
import { isOwn } from "../plots/theme.ts";
import { formatNumber, middleHalf, type Summary } from "../statistics.ts";
import type { Benchmark, Figures } from "./data.ts";

interface Headline {
  measurement: string;
  metric: string;
  title: string;
  unit: string;
  /** In the README's picture, which has room for four. */
  isPictured?: true;
}

/** Less is better in each of them. */
export const headlines: readonly Headline[] = [
  {
    measurement: "start",
    metric: "exec to gunicorn, ms",
    title: "exec to gunicorn",
    unit: "ms",
    isPictured: true,
  },
  {
    measurement: "serve",
    metric: "first 200, ms",
    title: "first 200",
    unit: "ms",
    isPictured: true,
  },
  { measurement: "serve", metric: "idle stop, ms", title: "idle stop", unit: "ms" },
  {
    measurement: "loss",
    metric: "lost of 32",
    title: "lost",
    unit: "of 32 requests",
    isPictured: true,
  },
  { measurement: "memory", metric: "RSS, MB", title: "memory", unit: "MB", isPictured: true },
  { measurement: "size", metric: "size, kB", title: "files", unit: "kB" },
];

/** The candidates of the first measurement that is there: each one measures all. */
function namesOf({ results }: Benchmark): string[] {
  return [...new Set(results.flatMap(({ candidates }) => candidates.map(({ name }) => name)))];
}

export function figuresOf(
  { results }: Benchmark,
  { measurement, metric }: Pick<Headline, "measurement" | "metric">,
  name: string,
): Figures | undefined {
  return results.find((result) => result.measurement === measurement)
    ?.candidates.find((candidate) => candidate.name === name)
    ?.metrics.find(({ title }) => title === metric);
}

export function headlineTable(data: Benchmark): string {
  return markdownTable([
    ["", ...headlines.map(({ title, unit }) => `${title}, ${unit}`)],
    ...namesOf(data).map((name) => [
      isOwn(name) ? `**${name}**` : name,
      ...headlines.map((headline) => medianOf(figuresOf(data, headline, name))),
    ]),
  ]);
}

export function medianOf(figures: Figures | undefined): string {
  return figures?.median === undefined || figures.median === null
    ? "?"
    : formatNumber(figures.median, figures.digits);
}

/** The panels of the summary's picture: those of the headlines that were measured. */
export function headlinePanels(data: Benchmark): Panel[] {
  return headlines.filter(({ isPictured }) => isPictured).map((headline) => ({
    title: `${headline.title}, ${headline.unit}`,
    bars: namesOf(data).flatMap((name) => {
      const figures = figuresOf(data, headline, name);
      const range = rangeOf(figures);
      return range ? [{ name, ...range, label: medianOf(figures) }] : [];
    }),
  })).filter(({ bars }) => bars.length > 0);
}

/** "**tini + sh:** better in A (1 against 2 ms), …; worse in …" for each peer, and for the other edition. */
export function comparisons(data: Benchmark, own: string): string[] {
  return namesOf(data).filter((name) => name !== own).flatMap((peer) => {
    const verdicts = headlines.map((headline) => {
      const [mine, theirs] = [own, peer].map((name) => figuresOf(data, headline, name));
      const { title, unit } = headline;
      const text = `${title} (${medianOf(mine)} against ${medianOf(theirs)} ${unit})`;
      return { verdict: compare(mine, theirs), text };
    });
    const parts = (["better", "worse", "equal"] as const).flatMap((verdict) => {
      const texts = verdicts.filter((one) => one.verdict === verdict).map(({ text }) => text);
      return texts.length > 0 ? [`${verdict} in ${texts.join(", ")}`] : [];
    });
    return parts.length > 0 ? [`**${peer}:** ${parts.join("; ")}.`] : [];
  });
}

/** Equal if their middle halves overlap: the next run may say the opposite. */
export function compare(
  mine: Figures | undefined,
  theirs: Figures | undefined,
): "better" | "worse" | "equal" | undefined {
  const [own, other] = [mine, theirs].map((figures) => {
    const samples = figures?.samples.filter((sample) => sample !== null) ?? [];
    return samples.length > 0 ? middleHalf(samples) : undefined;
  });
  if (!own || !other) return undefined;
  return own.high < other.low ? "better" : own.low > other.high ? "worse" : "equal";
}

function rangeOf(figures: Figures | undefined): Summary | undefined {
  const { median, min, max } = figures ?? {};
  return typeof median === "number" && typeof min === "number" && typeof max === "number"
    ? { median, min, max }
    : undefined;
}
