/** Draws the timeline as one self-contained SVG picture. Pure. */

import { formatDuration } from "../plan/format.ts";
import type { StatusView } from "./view.ts";
import { type Bar, type Chart, chartsOf } from "./timeline_chart.ts";

const WIDTH = 880;
const MARGIN = 20;
const LABELS = 240;
const TIMES = 80;
const BARS = WIDTH - 2 * MARGIN - LABELS - TIMES;
const TITLE_HEIGHT = 34;
const ROW_HEIGHT = 26;
const AXIS_HEIGHT = 26;
const LEGEND_HEIGHT = 34;
const KEY_WIDTH = 110;

/** The bars' colours fit a light and a dark page; the others follow the viewer's colour scheme. */
const STYLE = `
  .page { fill: #ffffff; }
  text { font: 13px system-ui, "Helvetica Neue", Arial, sans-serif; fill: #1f2328; }
  .title { font-weight: 600; font-size: 15px; }
  .time, .tick { fill: #59636e; }
  .time { text-anchor: end; }
  .tick { font-size: 11px; text-anchor: middle; }
  .grid { stroke: #d1d9e0; }
  .tandem { fill: #8250df; }
  .gunicorn { fill: #1f883d; }
  .nginx { fill: #0969da; }
  .open { opacity: 0.55; }
  @media (prefers-color-scheme: dark) {
    .page { fill: #0d1117; }
    text { fill: #e6edf3; }
    .time, .tick { fill: #9198a1; }
    .grid { stroke: #3d444d; }
    .tandem { fill: #ab7df8; }
    .gunicorn { fill: #3fb950; }
    .nginx { fill: #4493f8; }
  }
`;

/** Well-formed XML for every text that a state file can hold. */
export function timelineSvg(view: StatusView): string {
  let y = MARGIN;
  const parts = chartsOf(view).map((chart) => {
    const part = chartSvg(chart, y);
    y += chartHeight(chart);
    return part;
  });
  parts.push(legendSvg(y));
  y += LEGEND_HEIGHT;
  const title = `tandem: the steps of pid ${view.state.pid}`;
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${WIDTH}" height="${y}" ` +
    `viewBox="0 0 ${WIDTH} ${y}" role="img" aria-label="${escaped(title)}">\n` +
    `<title>${escaped(title)}</title>\n<style>${STYLE}</style>\n` +
    `<rect class="page" width="${WIDTH}" height="${y}"/>\n${parts.join("")}</svg>\n`;
}

/** A bar of each colour, and a pale one, with its name. */
function legendSvg(top: number): string {
  const keys = [
    ...(["tandem", "gunicorn", "nginx"] as const).map((name) => [name, name]),
    ["tandem open", "not ended yet"],
  ];
  return keys.map(([colour, name], index) => {
    const x = MARGIN + LABELS + index * KEY_WIDTH;
    return `<rect class="key ${colour}" x="${x}" y="${top}" width="14" height="14" rx="2"/>\n` +
      `<text class="name" x="${x + 20}" y="${top + 12}">${name}</text>\n`;
  }).join("");
}

function chartHeight({ bars }: Chart): number {
  return TITLE_HEIGHT + bars.length * ROW_HEIGHT + AXIS_HEIGHT + MARGIN;
}

function chartSvg(chart: Chart, top: number): string {
  const rows = top + TITLE_HEIGHT;
  const bottom = rows + chart.bars.length * ROW_HEIGHT;
  return `<text class="title" x="${MARGIN}" y="${top + 15}">${escaped(chart.title)}</text>\n` +
    ticks(chart).map((at) => tickSvg(chart, at, rows, bottom)).join("") +
    chart.bars.map((bar, index) => barSvg(chart, bar, rows + index * ROW_HEIGHT)).join("");
}

function barSvg(chart: Chart, bar: Bar, y: number): string {
  const { label, process, from, to, isOpen } = bar;
  const middle = y + ROW_HEIGHT / 2 + 4;
  const x = xOf(chart, from);
  // Wide enough to see a step of a millisecond.
  const width = Math.max(2, xOf(chart, to) - x);
  const time = formatDuration(to - from) + (isOpen ? " so far" : "");
  return `<text x="${MARGIN}" y="${middle}">${escaped(label)}</text>\n` +
    `<rect class="${process}${isOpen ? " open" : ""}" x="${fixed(x)}" y="${y + 4}" ` +
    `width="${fixed(width)}" height="${ROW_HEIGHT - 8}" rx="2"/>\n` +
    `<text class="time" x="${WIDTH - MARGIN}" y="${middle}">${escaped(time)}</text>\n`;
}

function tickSvg(chart: Chart, at: number, top: number, bottom: number): string {
  const x = fixed(xOf(chart, at));
  const text = at === chart.from ? "0" : formatDuration(at - chart.from);
  return `<line class="grid" x1="${x}" y1="${top}" x2="${x}" y2="${bottom}"/>\n` +
    `<text class="tick" x="${x}" y="${bottom + 16}">${escaped(text)}</text>\n`;
}

function xOf({ from, to }: Chart, at: number): number {
  return MARGIN + LABELS + BARS * (at - from) / (to - from);
}

/** Four to nine round numbers. */
function ticks({ from, to }: Chart): number[] {
  const span = to - from;
  const magnitude = 10 ** Math.floor(Math.log10(span));
  const step = [1, 2, 5, 10].map((factor) => factor * magnitude / 5)
    .find((step) => span / step <= 8) ?? magnitude;
  const count = Math.floor(span / step);
  return Array.from({ length: count + 1 }, (_, index) => from + index * step);
}

function fixed(number: number): string {
  return number.toFixed(1);
}

const ENTITIES: Record<string, string> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&apos;",
};

/** Drops the characters that XML cannot hold, not even escaped. */
function escaped(text: string): string {
  // deno-lint-ignore no-control-regex -- these are removed
  return text.replace(/[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]|[\ud800-\udfff]/gu, "")
    .replace(/[&<>"']/g, (character) => ENTITIES[character]!);
}
