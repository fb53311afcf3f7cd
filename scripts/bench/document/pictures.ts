/** The SVG files of the document, each for a page in light and in dark colours. */

import { drawBars, panelsOf } from "../plots/bars.ts";
import { drawLines, isFlat } from "../plots/lines.ts";
import { type Drawing, drawSvg } from "../plots/svg.ts";
import { colours, type Theme, type ThemeName, themes } from "../plots/theme.ts";
import type { Benchmark } from "./data.ts";
import { headlinePanels } from "./headlines.ts";

export const OVERVIEW = "overview";

/** @returns the text of each file by its name */
export async function drawAll(data: Benchmark): Promise<Record<string, string>> {
  const files: Record<string, string> = {};
  for (const theme of themes) {
    for (const [name, drawing] of Object.entries(drawings(data, colours[theme]))) {
      files[fileName(name, theme)] = await drawSvg(drawing, colours[theme]);
    }
  }
  return files;
}

function drawings(data: Benchmark, theme: Theme): Record<string, Drawing> {
  const overview = drawBars("The main figures of all candidates", headlinePanels(data), theme);
  const results = data.results
    .map((result) => [result, panelsOf(result)] as const)
    .filter(([, panels]) => panels.length > 0)
    .map(([{ measurement, title }, panels]) => [measurement, drawBars(title, panels, theme)]);
  const growth = data.growth.filter((one) => !isFlat(one)).map((
    one,
  ) => [one.name, drawLines(one, theme)]);
  return { [OVERVIEW]: overview, ...Object.fromEntries([...results, ...growth]) };
}

function fileName(name: string, theme: ThemeName): string {
  return `${name}-${theme}.svg`;
}

/** GitHub and browsers show the picture of the reader's theme. */
export function picture(name: string, alt: string, folder: string): string {
  const path = (theme: ThemeName) => `${folder}/${fileName(name, theme)}`;
  return [
    "<picture>",
    `  <source media="(prefers-color-scheme: dark)" srcset="${path("dark")}">`,
    `  <img alt="${alt.replaceAll('"', "&quot;")}" src="${path("light")}">`,
    "</picture>",
  ].join("\n");
}
