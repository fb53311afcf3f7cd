/** The outcomes as tables for people, and as JSON. */

import { baseline, type Contender } from "./contenders.ts";
import type { Outcome, Sample } from "./measurement.ts";
import { ratio, summarize, type Summary } from "./statistics.ts";

interface Row {
  contender: Contender;
  cells: { summary: Summary; ratio: number | undefined }[];
}

/** One row for each contender that was measured at all. */
function rowsOf({ measurement: { metrics }, samples }: Outcome): Row[] {
  const measured = [...samples].filter(([, values]) => values.length > 0);
  const column = (values: Sample[], index: number) =>
    summarize(values.map((sample) => sample[index]!));
  const base = measured.find(([{ name }]) => name === baseline)?.[1];
  return measured.map(([contender, values]) => ({
    contender,
    cells: metrics.map((_, index) => {
      const summary = column(values, index);
      return { summary, ratio: base && ratio(summary, column(base, index)) };
    }),
  }));
}

/** A Markdown table that is as readable as it stands, under its title and above its notes. */
export function table(outcome: Outcome): string {
  const { measurement, rounds } = outcome;
  const { title, metrics, notes, remark } = measurement;
  const head = ["", ...metrics.map(({ title }) => title), ...(remark ? [remark.title] : [])];
  const body = rowsOf(outcome).map(({ contender, cells }) => [
    contender.name,
    ...cells.map((cell, index) => inWords(cell, metrics[index]!.digits)),
    ...(remark ? [remark.of(contender)] : []),
  ]);
  const count = rounds === 1 ? "" : `median of ${rounds} rounds (least-most), `;
  return [
    `## ${title}`,
    "",
    `${count}×: times the seed's`,
    "",
    ...alignColumns(head, body),
    "",
    ...notes.map((note) => `- ${note}`),
    "",
  ].join("\n");
}

function inWords({ summary, ratio }: Row["cells"][number], digits: number): string {
  // What a contender cannot do.
  if (Number.isNaN(summary.median)) return "–";
  const [median, least, most] = [summary.median, summary.least, summary.most]
    .map((value) => value.toFixed(digits));
  const range = least === most ? "" : ` (${least}-${most})`;
  // Three figures that mean something, and no more.
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

/** @param leftOut each contender that did not take part, and why */
export function toJson(
  outcomes: Outcome[],
  versions: Record<string, string>,
  leftOut: Record<string, string>,
): string {
  const results = outcomes.map((outcome) => ({
    measurement: outcome.measurement.name,
    title: outcome.measurement.title,
    rounds: outcome.rounds,
    contenders: rowsOf(outcome).map(({ contender, cells }) => ({
      name: contender.name,
      metrics: cells.map(({ summary, ratio }, index) => ({
        title: outcome.measurement.metrics[index]!.title,
        ...summary,
        ratio: ratio ?? null,
        samples: outcome.samples.get(contender)!.map((sample) => sample[index]!),
      })),
    })),
    failures: outcome.failures.map(({ contender, reason }) => ({ name: contender.name, reason })),
  }));
  return `${JSON.stringify({ baseline, versions, leftOut, results }, null, 2)}\n`;
}
