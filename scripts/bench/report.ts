/** What a run found, in the form of docs/benchmark.json, and as Markdown tables. */

import { markdownTable } from "../sections.ts";
import { baseline } from "./candidates.ts";
import type { FeatureTable, Figures, GrowthResult, Result } from "./document/data.ts";
import type { Outcome, Sample } from "./measurement.ts";
import { formatNumber, formatSummary, ratio, summarize } from "./statistics.ts";

/** With each candidate that has at least one sample. */
export function toResult({ measurement, rounds, samples, failures }: Outcome): Result {
  const { name, title, notes, metrics } = measurement;
  const measured = [...samples].filter(([, values]) => values.length > 0);
  const base = measured.find(([{ name }]) => name === baseline)?.[1];
  const figures = (values: Sample[], index: number): Figures => {
    const column = (values: Sample[]) => values.map((sample) => sample[index]!);
    const summary = summarize(column(values));
    const times = base && ratio(summary, summarize(column(base)));
    return {
      ...metrics[index]!,
      median: rounded(orNull(summary.median), metrics[index]!.digits),
      min: rounded(orNull(summary.min), metrics[index]!.digits),
      max: rounded(orNull(summary.max), metrics[index]!.digits),
      ratio: rounded(orNull(times ?? NaN), 2),
      samples: column(values).map((value) => rounded(orNull(value), metrics[index]!.digits)),
    };
  };
  return {
    measurement: name,
    title,
    notes,
    rounds,
    candidates: measured.map(([candidate, values]) => ({
      name: candidate.name,
      metrics: metrics.map((_, index) => figures(values, index)),
    })),
    failures: failures.map(({ candidate, reason }) => ({ name: candidate.name, reason })),
  };
}

/** Two digits more than are shown. */
function rounded(value: number | null, digits: number): number | null {
  return value === null ? null : Number(value.toFixed(digits + 2));
}

/** NaN, which JSON lacks, is what a candidate cannot do. */
function orNull(value: number): number | null {
  return Number.isNaN(value) ? null : value;
}

export function resultTable({ candidates }: Result): string {
  const titles = candidates[0]?.metrics.map(({ title }) => title) ?? [];
  return markdownTable([
    ["", ...titles],
    ...candidates.map(({ name, metrics }) => [name, ...metrics.map(formatFigures)]),
  ]);
}

function formatFigures({ median, min, max, digits, ratio }: Figures): string {
  if (median === null || min === null || max === null) return "–";
  // Three significant figures; that of 0 says nothing more.
  const times = ratio ? ` ×${formatNumber(ratio, ratio < 10 ? 2 : ratio < 100 ? 1 : 0)}` : "";
  return formatSummary({ median, min, max }, digits) + times;
}

/** A column for each amount of work. */
export function growthTable({ x, digits, candidates }: GrowthResult): string {
  const amounts = [...new Set(candidates.flatMap(({ points }) => points.map(({ x }) => x)))]
    .sort((a, b) => a - b);
  return markdownTable([
    [x, ...amounts.map(String)],
    ...candidates.map(({ name, points }) => [
      name,
      ...amounts.map((amount) => {
        const samples = points.find(({ x }) => x === amount)?.samples ?? [];
        return samples.length > 0 ? formatSummary(summarize(samples), digits) : "–";
      }),
    ]),
  ]);
}

export function featureTable({ columns, candidates }: FeatureTable): string {
  return markdownTable([
    ["", ...candidates.map(({ name }) => name)],
    ...columns.map(({ question }, index) => [
      question,
      ...candidates.map(({ cells }) => cells[index] ?? "?"),
    ]),
  ]);
}

/** A table between its title and its notes, for a terminal. */
export function inTerminal(
  { title, notes }: { title?: string; notes: readonly string[] },
  table: string,
): string {
  return [`## ${title ?? "Features"}`, "", table, "", ...notes.map((note) => `- ${note}`), ""]
    .join("\n");
}
