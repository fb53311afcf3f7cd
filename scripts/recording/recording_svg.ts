/** Draws terminals that ran side by side as one SVG. Each line appears when it did; without animation all are there. Pure. */

import type { Span, TerminalLine } from "./terminal_lines.ts";

export interface Pane {
  title: string;
  lines: TerminalLine[];
}

const COLUMNS = 104;
const INDENT = "  ";
const FONT_SIZE = 12;
/** The widest of the usual monospace fonts. */
const CHARACTER = FONT_SIZE * 0.603;
const ROW = 17;
const MARGIN = 16;
const TIMES = 58;
const TITLE = 30;
const WIDTH = Math.ceil(2 * MARGIN + TIMES + COLUMNS * CHARACTER);

const STYLE = `
  .page { fill: #f6f8fa; stroke: #d1d9e0; }
  .bar { fill: #d1d9e0; }
  text { font: ${FONT_SIZE}px ui-monospace, Menlo, Consolas, "DejaVu Sans Mono", monospace; fill: #1f2328; }
  .at, .title { fill: #59636e; }
  .at { text-anchor: end; }
  .c32 { fill: #0969da; }
  .c36 { fill: #1a7f37; }
  .own { fill: #8250df; font-weight: 600; }
  .typed { font-weight: 600; }
  .live { opacity: 0; animation: show linear; }
  .line { animation: hide linear; }
  @keyframes show { from, to { opacity: 1; } }
  @keyframes hide { from, to { opacity: 0; } }
  @media (prefers-reduced-motion: reduce) { .line, .live { animation: none; } }
  @media (prefers-color-scheme: dark) {
    .page { fill: #0d1117; stroke: #3d444d; }
    .bar { fill: #3d444d; }
    text { fill: #e6edf3; }
    .at, .title { fill: #9198a1; }
    .c32 { fill: #58a6ff; }
    .c36 { fill: #3fb950; }
    .own { fill: #bc8cff; }
  }
`;

export function recordingSvg(panes: Pane[]): string {
  let y = 0;
  const drawn = panes.map(({ title, lines }) => {
    const top = y;
    y += TITLE + ROW / 2;
    const rows = lines.map((line) => {
      const group = lineSvg(line, y);
      // An erased line leaves its place to the next one.
      if (line.until === undefined) y += ROW * wrapped(line.spans).length;
      return group;
    });
    y += ROW / 2;
    return titleSvg(title, top) + rows.join("");
  });
  const label = `Recording of a terminal: ${panes.map(({ title }) => title).join(", ")}`;
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${WIDTH}" height="${y}" ` +
    `viewBox="0 0 ${WIDTH} ${y}" role="img" aria-label="${escaped(label)}">\n` +
    `<title>${escaped(label)}</title>\n<style>${STYLE}</style>\n` +
    `<rect class="page" x="0.5" y="0.5" width="${WIDTH - 1}" height="${y - 1}" rx="6"/>\n` +
    `${drawn.join("")}</svg>\n`;
}

function titleSvg(title: string, top: number): string {
  return `<rect class="bar" x="1" y="${top + TITLE - 1}" width="${WIDTH - 2}" height="1"/>\n` +
    `<text class="title" x="${MARGIN}" y="${top + 20}">${escaped(title)}</text>\n`;
}

function lineSvg({ at, until, spans }: TerminalLine, top: number): string {
  const motion = until === undefined
    ? `class="line" style="animation-duration: ${seconds(at)}"`
    : `class="live" style="animation-duration: ${seconds(until - at)}; animation-delay: ${
      seconds(at)
    }"`;
  const time = `<text class="at" x="${MARGIN + TIMES - 14}" y="${top + 12}">${seconds(at)}</text>`;
  const name = spans.map(({ text }) => className(text)).find((name) => name !== undefined);
  const rows = wrapped(spans).map((row, index) =>
    `<text xml:space="preserve" x="${MARGIN + TIMES}" y="${top + 12 + index * ROW}">${
      row.map((span) => spanSvg(span, name)).join("")
    }</text>`
  );
  return `<g ${motion}>\n${[time, ...rows].join("\n")}\n</g>\n`;
}

function spanSvg({ text, colour }: Span, name: string | undefined): string {
  const shown = colour === undefined ? name : `c${colour}`;
  return shown ? `<tspan class="${shown}">${escaped(text)}</tspan>` : escaped(text);
}

function className(text: string): string | undefined {
  return text.startsWith("tandem: ") ? "own" : text.startsWith("$ ") ? "typed" : undefined;
}

/** Cuts a line into rows, after a space if one is near; the later rows are indented. */
function wrapped(spans: Span[]): Span[][] {
  const rows: Span[][] = [[]];
  let room = COLUMNS;
  for (const span of spans) {
    for (let rest = span.text; rest !== "";) {
      if (room === 0) {
        rows.push([{ text: INDENT }]);
        room = COLUMNS - INDENT.length;
      }
      const fits = rest.length <= room ? rest : rest.slice(0, room);
      const end = fits === rest ? rest.length : fits.lastIndexOf(" ") + 1;
      const text = end > fits.length / 2 ? rest.slice(0, end) : fits;
      rows.at(-1)!.push({ ...span, text });
      rest = rest.slice(text.length);
      room = rest === "" ? room - text.length : 0;
    }
  }
  return rows;
}

function seconds(milliseconds: number): string {
  return `${(milliseconds / 1000).toFixed(2)}s`;
}

const entities: Record<string, string> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&apos;",
};

function escaped(text: string): string {
  return text.replace(/[&<>"']/g, (character) => entities[character]!);
}
