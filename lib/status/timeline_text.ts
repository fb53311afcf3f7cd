/** Draws the timeline as bars of plain characters. Pure. */

import { cutText } from "../plan/columns.ts";
import { formatDuration } from "../plan/format.ts";
import type { StatusView } from "./view.ts";
import { type Bar, type Chart, chartsOf } from "./timeline_chart.ts";

/** Narrower bars would show nothing. */
const MIN_BAR_COLUMNS = 10;

/** Lines without newlines, no wider than the terminal. */
export function timelineLines(view: StatusView, columns: number): string[] {
  return chartsOf(view).flatMap((chart, index) => [
    ...index ? [""] : [],
    chart.title,
    ...barLines(chart, columns),
  ]).map((line) => cutText(line, columns));
}

function barLines({ bars, from, to }: Chart, columns: number): string[] {
  const times = bars.map(({ from, to, isOpen }) =>
    formatDuration(to - from) + (isOpen ? " so far" : "")
  );
  const labelWidth = Math.max(0, ...bars.map(({ label }) => label.length));
  const timeWidth = Math.max(0, ...times.map((time) => time.length));
  const width = Math.max(MIN_BAR_COLUMNS, columns - labelWidth - timeWidth - 8);
  const perMillisecond = width / (to - from);
  return bars.map((bar, index) => {
    const line = drawBar(bar, from, perMillisecond, width);
    return `  ${bar.label.padEnd(labelWidth)}  |${line}|  ${times[index]!.padStart(timeWidth)}`;
  });
}

function drawBar(bar: Bar, chartFrom: number, perMillisecond: number, width: number): string {
  const begin = Math.min(width - 1, Math.floor((bar.from - chartFrom) * perMillisecond));
  // At least one column, so that a step of a millisecond shows.
  const end = Math.max(
    begin + 1,
    Math.min(width, Math.round((bar.to - chartFrom) * perMillisecond)),
  );
  const marks = "#".repeat(end - begin - 1) + (bar.isOpen ? ">" : "#");
  return (" ".repeat(begin) + marks).padEnd(width);
}
