/** Draws a Vega-Lite specification as SVG: the same bytes for the same figures, with a text for screen readers. */

import { parse, View } from "vega";
import { compile, type TopLevelSpec } from "vega-lite";
import type { Theme } from "./theme.ts";

export interface Drawing {
  /** Read aloud; nothing of it is seen. */
  title: string;
  description: string;
  specification: TopLevelSpec;
}

const font = `font-family="-apple-system, 'Segoe UI', 'Noto Sans', Helvetica, Arial, sans-serif"`;

export async function drawSvg(drawing: Drawing, theme: Theme): Promise<string> {
  const specification = {
    ...drawing.specification,
    background: "transparent",
    padding: 8,
    config: config(theme),
  } as TopLevelSpec;
  const view = new View(parse(compile(specification).spec), { renderer: "none" });
  const svg = await view.toSVG();
  view.finalize();
  return accessible(svg, drawing);
}

function config({ text, muted, grid }: Theme) {
  return {
    view: { stroke: null },
    title: { color: text, fontSize: 13, fontWeight: 600, anchor: "start", offset: 8 },
    axis: {
      labelColor: text,
      titleColor: muted,
      labelFontSize: 12,
      titleFontSize: 12,
      titleFontWeight: "normal",
      gridColor: grid,
      domainColor: muted,
      tickColor: muted,
      labelLimit: 200,
      aria: false,
    },
    legend: { labelColor: text, labelFontSize: 12, symbolSize: 80, labelLimit: 200, aria: false },
    mark: { aria: false },
  };
}

/** One title and description for the picture instead of Vega's own labels. */
function accessible(svg: string, { title, description }: Drawing): string {
  const bare = withoutDefaults(svg);
  const texts = `<title id="t">${escape(title)}</title><desc id="d">${escape(description)}</desc>`;
  const opening = bare.slice(0, bare.indexOf(">") + 1);
  const labelled = opening.replace("<svg", `<svg role="img" aria-labelledby="t d" ${font}`);
  return `${labelled}${texts}${bare.slice(opening.length)}\n`;
}

/** Two thirds of what Vega writes: what is not drawn, what has no effect, and the font of each text. */
function withoutDefaults(svg: string): string {
  return svg
    .replaceAll(/<path class="(?:background|foreground)"[^>]*\/>/g, "")
    .replaceAll(/ (?:aria-[a-z]+|role|class|pointer-events|font-family)="[^"]*"/g, "")
    .replaceAll(/ (?:opacity="1"|stroke-width="1"|transform="translate\(0,0\)")/g, "")
    .replaceAll(/\d+\.\d{3,}/g, (number) => `${Math.round(Number(number) * 100) / 100}`);
}

function escape(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
}
