/** Prints the outcomes as Markdown tables and as JSON. */

import { baseline, type Candidate } from "./candidates.ts";
import type { Outcome, Sample } from "./measurement.ts";
import { ratio, summarize, type Summary } from "./statistics.ts";

interface Row {
  candidate: Candidate;
  cells: { summary: Summary; ratio: number | undefined }[];
}

/** One row for each candidate with at least one sample. */
function rowsOf({ measurement: { metrics }, samples }: Outcome): Row[] {
  const measured = [...samples].filter(([, values]) => values.length > 0);
  const column = (values: Sample[], index: number) =>
    summarize(values.map((sample) => sample[index]!));
  const base = measured.find(([{ name }]) => name === baseline)?.[1];
  return measured.map(([candidate, values]) => ({
    candidate,
    cells: metrics.map((_, index) => {
      const summary = column(values, index);
      return { summary, ratio: base && ratio(summary, column(base, index)) };
    }),
  }));
}

/** A Markdown table with aligned columns, between its title and its notes. */
export function table(outcome: Outcome): string {
  const { measurement, rounds } = outcome;
  const { title, metrics, notes, remark } = measurement;
  const head = ["", ...metrics.map(({ title }) => title), ...(remark ? [remark.title] : [])];
  const body = rowsOf(outcome).map(({ candidate, cells }) => [
    candidate.name,
    ...cells.map((cell, index) => formatCell(cell, metrics[index]!.digits)),
    ...(remark ? [remark.of(candidate)] : []),
  ]);
  const count = rounds === 1 ? "" : `median of ${rounds} rounds (min-max), `;
  return [
    `## ${title}`,
    "",
    `${count}×: ratio to the seed`,
    "",
    ...alignColumns(head, body),
    "",
    ...notes.map((note) => `- ${note}`),
    "",
  ].join("\n");
}

function formatCell({ summary, ratio }: Row["cells"][number], digits: number): string {
  // The candidate cannot do this.
  if (Number.isNaN(summary.median)) return "–";
  const [median, min, max] = [summary.median, summary.min, summary.max]
    .map((value) => value.toFixed(digits));
  const range = min === max ? "" : ` (${min}-${max})`;
  // Three significant figures.
  const times = ratio === undefined
    ? ""
    : ` ×${ratio.toFixed(ratio < 10 ? 2 : ratio < 100 ? 1 : 0)}`;
  return `${median}${range}${times}`;
}

function alignColumns(head: string[], body: string[][]): string[] {
  const widths = head.map((_, index) =>
    Math.max(3, ...[head, ...body].map((row) => row[index]!.length))
  );
  const line = (row: string[]) =>
    `| ${row.map((cell, index) => cell.padEnd(widths[index]!)).join(" | ")} |`;
  return [line(head), line(widths.map((width) => "-".repeat(width))), ...body.map(line)];
}

/** @param unavailable candidate -> why it was left out */
export function toJson(
  outcomes: Outcome[],
  versions: Record<string, string>,
  unavailable: Record<string, string>,
): string {
  const results = outcomes.map((outcome) => ({
    measurement: outcome.measurement.name,
    title: outcome.measurement.title,
    rounds: outcome.rounds,
    candidates: rowsOf(outcome).map(({ candidate, cells }) => ({
      name: candidate.name,
      metrics: cells.map(({ summary, ratio }, index) => ({
        title: outcome.measurement.metrics[index]!.title,
        ...summary,
        ratio: ratio ?? null,
        samples: outcome.samples.get(candidate)!.map((sample) => sample[index]!),
      })),
    })),
    failures: outcome.failures.map(({ candidate, reason }) => ({ name: candidate.name, reason })),
  }));
  return `${JSON.stringify({ baseline, versions, unavailable, results }, null, 2)}\n`;
}
