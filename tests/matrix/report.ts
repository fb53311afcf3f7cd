/** The table of the matrix, and where it is written. */

import { markdownTable, withSection } from "../../scripts/sections.ts";
import { repository } from "../support/paths.ts";
import type { Cell, Tally } from "./cell.ts";

export interface CellResult {
  cell: Cell;
  tally: Tally;
  /** The names of the plays that failed. */
  failures: readonly string[];
}

const DOCUMENT = "docs/matrix.md";

export function matrixTable(results: readonly CellResult[]): string {
  const head = ["Debian", "nginx", "gunicorn", "Python", "worker class", "edition", "runs"];
  return markdownTable([[...head, "answered", "lost", "remarks"], ...results.map(toRow)]);
}

function toRow({ cell, tally }: CellResult): string[] {
  const { suite, facts, workerClass: { label, version }, edition } = cell;
  return [
    ...[suite, facts.nginx, facts.gunicorn, facts.python],
    ...[isNamedIn(version, label) ? version : [label, version].filter(Boolean).join(", ")],
    ...[edition.name, `${tally.runs}`, `${tally.answered}`, `${tally.lost}`],
    [...tally.remarks].join("; "),
  ];
}

function isNamedIn(version: string, label: string): boolean {
  return version.startsWith(`${label} `);
}

export function writeMatrix(results: readonly CellResult[]): void {
  const path = `${repository}/${DOCUMENT}`;
  const date = new Date().toISOString().slice(0, 10);
  const sum = (field: "runs" | "answered" | "lost") =>
    results.reduce((total, { tally }) => total + tally[field], 0);
  const facts = `${date}: ${results.length} cells, ${sum("runs")} runs, ${sum("answered")} ` +
    `requests answered, ${sum("lost")} lost. Repeat with \`./scripts/deno task test:matrix\`.`;
  const text = Deno.readTextFileSync(path);
  const content = `${facts}\n\n${matrixTable(results)}`;
  Deno.writeTextFileSync(path, withSection(text, DOCUMENT, "matrix", content));
}
