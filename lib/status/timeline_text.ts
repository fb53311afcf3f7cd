/** The steps of a run as bars of plain characters. Pure. */

import { formatDuration } from "../plan/format.ts";
import type { StatusView } from "./view.ts";
import { type Bar, type Chart, chartsOf } from "./timeline_chart.ts";

/** Below it the bars would say nothing. */
const LEAST_BAR_COLUMNS = 10;

/** Lines without their newlines, as wide as the terminal. */
export function timelineLines(view: StatusView, columns: number): string[] {
  return chartsOf(view).flatMap((chart, index) => [
    ...index ? [""] : [],
    chart.title.slice(0, columns),
    ...barLines(chart, columns),
  ]);
}

function barLines({ bars, from, to }: Chart, columns: number): string[] {
  const times = bars.map(({ from, to, isOpen }) =>
    formatDuration(to - from) + (isOpen ? " so far" : "")
  );
  const labelWidth = Math.max(0, ...bars.map(({ label }) => label.length));
  const timeWidth = Math.max(0, ...times.map((time) => time.length));
  const width = Math.max(LEAST_BAR_COLUMNS, columns - labelWidth - timeWidth - 8);
  const perColumn = width / (to - from);
  return bars.map((bar, index) => {
    const line = draw(bar, from, perColumn, width);
    return `  ${bar.label.padEnd(labelWidth)}  |${line}|  ${times[index]!.padStart(timeWidth)}`;
  });
}

function draw(bar: Bar, zero: number, perColumn: number, width: number): string {
  const begin = Math.min(width - 1, Math.floor((bar.from - zero) * perColumn));
  // A step of a millisecond is seen too.
  const end = Math.max(begin + 1, Math.min(width, Math.round((bar.to - zero) * perColumn)));
  const marks = "#".repeat(end - begin - 1) + (bar.isOpen ? ">" : "#");
  return (" ".repeat(begin) + marks).padEnd(width);
}
