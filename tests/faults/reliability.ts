/** Writes the figures of a run into docs/reliability.md, each suite into the section that it owns. */

import { markdownTable, withSection } from "../../scripts/sections.ts";
import { repository } from "../support/paths.ts";

export const RELIABILITY_SECTIONS = [
  "random faults",
  "system calls",
  "signals at system calls",
  "allocations",
  "models and properties",
  "fuzzing",
  "soak",
] as const;

export type ReliabilitySection = (typeof RELIABILITY_SECTIONS)[number];

const path = `${repository}/docs/reliability.md`;

/**
 * @param facts one line above the table: the date, the seed, the time it took, how to repeat it
 * @param rows the first one is the head
 */
export function writeReliability(
  section: ReliabilitySection,
  facts: string,
  rows: readonly (readonly string[])[],
): void {
  const text = Deno.readTextFileSync(path);
  const content = `${facts}\n\n${markdownTable(rows)}`;
  Deno.writeTextFileSync(path, withSection(text, "docs/reliability.md", section, content));
}
