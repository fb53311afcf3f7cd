/**
 * Soak: runs the pair with 5 % of one CPU and compares memory and descriptors at the start and at the end.
 *
 *   deno task test:soak [--minutes N] [--write]    20 minutes by default; --write updates docs/reliability.md
 */

// deno-lint-ignore-file no-console -- a script prints
import { parseArgs } from "node:util";
import { editions } from "../support/editions.ts";
import { BOTH_MODES } from "../support/harness.ts";
import { writeReliability } from "./reliability.ts";
import { CPU_PERCENT, soak, type SoakResult } from "./soak/run.ts";

const { values } = parseArgs({
  options: { minutes: { type: "string", default: "20" }, write: { type: "boolean" } },
});
const minutes = Number(values.minutes);
if (!(minutes > 0)) throw new Error(`--minutes ${values.minutes}: use a positive number`);

const begin = new Date();
const pairs = editions.flatMap((edition) => BOTH_MODES.map((mode) => ({ edition, mode })));
const outcomes = await Promise.allSettled(
  pairs.map(({ edition, mode }) => soak(edition, mode, minutes * 60_000)),
);
for (const outcome of outcomes) {
  if (outcome.status === "rejected") console.error(`${outcome.reason}`);
}
const results = outcomes.flatMap((outcome) => outcome.status === "fulfilled" ? outcome.value : []);

const facts =
  `${begin.toISOString().slice(0, 10)}, ${minutes} minutes for each pair, all at the same time, ` +
  `tandem with nginx and two workers in one control group of ${CPU_PERCENT} % of one CPU; ` +
  `repeat it with \`./scripts/deno task test:soak --minutes ${minutes}\`. ` +
  "Memory and descriptors are those of tandem's process, as medians of the first and of the last third.";
const rows = [head(), ...results.map(toRow)];
for (const row of rows) console.log(row.join(" | "));
if (results.length < outcomes.length) Deno.exit(1);
if (values.write) writeReliability("soak", facts, rows);

function head(): string[] {
  return [
    "edition",
    "requests (lost)",
    "log lines (lost)",
    "reloads, worker deaths, orphans",
    "anonymous memory, MB",
    "RSS, MB",
    "descriptors",
    "throttled periods",
    "slowest answer",
    "stop",
  ];
}

function toRow({ edition, mode, ...result }: SoakResult): string[] {
  const { first, last } = result;
  const change = (from: number, to: number, digits: number) =>
    `${from.toFixed(digits)} → ${to.toFixed(digits)}`;
  return [
    `${edition}, ${mode}`,
    `${result.requests} (0)`,
    `${result.lines} (0)`,
    `${result.reloads}, ${result.workerDeaths}, ${result.orphans}`,
    change(first.anonymous / 1e6, last.anonymous / 1e6, 2),
    change(first.rss / 1e6, last.rss / 1e6, 2),
    change(first.descriptors, last.descriptors, 0),
    `${Math.round(100 * result.throttled)} %`,
    `${(result.slowestMs / 1000).toFixed(1)} s`,
    `${(result.stopMs / 1000).toFixed(1)} s`,
  ];
}
