/** Writes the figures of a run into docs/platforms.md, each platform into its own section. */

import { markdownTable, withSection } from "../../scripts/sections.ts";
import { repository } from "../support/paths.ts";
import type { Figures } from "./platform.ts";

export interface TrialResult {
  trial: string;
  edition: string;
  figures: Figures | Error;
}

const DOCUMENT = "docs/platforms.md";

const HEAD = ["what was tried", "edition", "answered", "lost", "remarks"];

/** @param version the platform's */
export function writePlatform(
  platform: string,
  version: string,
  results: readonly TrialResult[],
): void {
  const path = `${repository}/${DOCUMENT}`;
  const date = new Date().toISOString().slice(0, 10);
  const facts = `${version}, ${date}. Repeat with ` +
    `\`./scripts/deno task test:platforms --only ${platform}\`.`;
  const content = `${facts}\n\n${platformTable(results)}`;
  const text = Deno.readTextFileSync(path);
  Deno.writeTextFileSync(path, withSection(text, DOCUMENT, platform, content));
}

export function platformTable(results: readonly TrialResult[]): string {
  return markdownTable([HEAD, ...results.map(toRow)]);
}

function toRow({ trial, edition, figures }: TrialResult): string[] {
  if (figures instanceof Error) return [trial, edition, "", "", "failed"];
  const { answered = "", lost = "", remarks = "" } = figures;
  return [trial, edition, `${answered}`, `${lost}`, remarks];
}
