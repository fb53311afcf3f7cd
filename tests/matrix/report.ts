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

const HEAD = [
  ...["Debian", "nginx", "gunicorn", "Python", "worker class", "edition"],
  ...["runs", "answered", "lost", "remarks"],
];

export function matrixTable(results: readonly CellResult[]): string {
  return markdownTable([HEAD, ...results.map(toRow)]);
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

/** Replaces the rows of these cells, and keeps those of other suites and classes. */
export function writeMatrix(results: readonly CellResult[]): void {
  const path = `${repository}/${DOCUMENT}`;
  const text = Deno.readTextFileSync(path);
  const rows = new Map(readRows(text).map((row) => [keyOf(row), row]));
  for (const row of results.map(toRow)) rows.set(keyOf(row), row);
  const all = [...rows.values()];
  const sum = (column: string) =>
    all.reduce((total, row) => total + Number(row[HEAD.indexOf(column)]), 0);
  const date = new Date().toISOString().slice(0, 10);
  const facts = `${date}: ${all.length} cells, ${sum("runs")} runs, ${sum("answered")} ` +
    `requests answered, ${sum("lost")} lost. Repeat with \`./scripts/deno task test:matrix\`.`;
  const content = `${facts}\n\n${markdownTable([HEAD, ...all])}`;
  Deno.writeTextFileSync(path, withSection(text, DOCUMENT, "matrix", content));
}

/** The rows of the table in the document, without its head. */
function readRows(text: string): string[][] {
  const section = text.slice(text.indexOf("<!-- matrix -->"), text.indexOf("<!-- /matrix -->"));
  const lines = section.split("\n").filter((line) => line.startsWith("|"));
  return lines.slice(2).map((line) => line.split("|").slice(1, -1).map((cell) => cell.trim()));
}

/** Suite, worker class without its version, edition. */
function keyOf(row: readonly string[]): string {
  const cell = (column: string) => row[HEAD.indexOf(column)] ?? "";
  return [cell("Debian"), cell("worker class").split(/[ ,]/)[0], cell("edition")].join();
}
