/**
 * Makes each system call of tandem fail with each realistic error, and sends a signal or kills a child at each.
 *
 *     ./scripts/deno task test:syscalls [--minutes N] [--seed S] [--only CALL] [--write]
 *
 * `TANDEM_EDITIONS` chooses the executables. Exits with 1 if a promise is broken.
 */
// deno-lint-ignore-file no-console -- a script prints

import { parseArgs } from "node:util";
import { editions } from "../support/editions.ts";
import { findTool } from "../support/machine/needs.ts";
import { pool } from "../support/pool.ts";
import { type Case, casesOf, describe, orderedCases, pairOptions } from "./system_calls/cases.ts";
import { record, unknownCalls } from "./system_calls/recording.ts";
import { runPair } from "./system_calls/run_pair.ts";
import {
  errorRows,
  type Planned,
  type Result,
  signalRows,
  writeRows,
} from "./system_calls/tally.ts";
import { verdictOf } from "./system_calls/verdict.ts";

/** A run mostly waits, so two cores take four. */
const WIDTH = 2 * navigator.hardwareConcurrency;

const { values } = parseArgs({
  options: {
    minutes: { type: "string" },
    seed: { type: "string" },
    only: { type: "string" },
    write: { type: "boolean", default: false },
  },
});
const minutes = values.minutes === undefined ? undefined : Number(values.minutes);
const seed = Number(values.seed ?? Math.floor(Math.random() * 1e6));

// As a test whose needs are not met is ignored: a container may forbid ptrace(2).
if (!await canTrace()) {
  console.log("system calls: ignored, needs strace and the right to trace");
  Deno.exit(0);
}

const startedAt = performance.now();
const results: Result[] = [];
let unreached = 0;
const planned: Planned[] = [];

for (const [index, edition] of editions.entries()) {
  const sites = await record(edition);
  const unknown = unknownCalls(sites);
  if (unknown.length > 0) console.log(`Not in call_table.ts: ${unknown}`);
  const cases = casesOf(sites, edition.name)
    .filter(({ site }) => values.only === undefined || site.call === values.only);
  planned.push(...cases.map((tested) => ({ edition: edition.name, tested })));
  // Each edition gets its share of the time.
  const deadline = startedAt + (minutes ?? Infinity) * 60_000 * (index + 1) / editions.length;
  console.log(`${edition.name}: ${cases.length} cases, seed ${seed}`);
  await pool(WIDTH, orderedCases(cases, seed), async (tested) => {
    if (performance.now() > deadline) return;
    const run = await runPair(edition, pairOptions(tested));
    const verdict = verdictOf(tested, run);
    if (!verdict.wasReached) unreached++;
    if (results.length % 100 === 99) console.log(`${results.length + 1} runs, ${elapsed()}`);
    results.push({ edition: edition.name, tested, verdict, exitMs: run.exitMs });
    if (verdict.defects.length > 0) report(edition.name, tested, verdict.defects, run.story);
  });
}

const broken = results.filter(({ verdict }) => verdict.defects.length > 0).length;
const took = elapsed();
console.log(errorRows(results, planned).map((row) => row.join(" | ")).join("\n"));
console.log(signalRows(results, planned).map((row) => row.join(" | ")).join("\n"));
console.log(
  `${results.length} of ${planned.length} cases in ${took}, seed ${seed}; ${unreached} not reached; ${broken} broken`,
);
if (values.write) write();
Deno.exit(broken > 0 ? 1 : 0);

async function canTrace(): Promise<boolean> {
  const strace = findTool("strace");
  if (!strace) return false;
  const args = ["-o", "/dev/null", "true"];
  return (await new Deno.Command(strace, { args, stderr: "null" }).output()).success;
}

function elapsed(): string {
  return `${((performance.now() - startedAt) / 60_000).toFixed(1)} min`;
}

function report(
  edition: string,
  tested: Case,
  defects: { kind: string; detail: string }[],
  story: string,
): void {
  console.log(`\nBROKEN on ${edition}: ${describe(tested)}`);
  for (const { kind, detail } of defects) console.log(`  ${kind}: ${detail}`);
  console.log(`  strace ${pairOptions(tested).straceOptions.join(" ")}\n${story}`);
}

function write(): void {
  const date = new Date().toISOString().slice(0, 10);
  const facts =
    `Last run on ${date} with \`--seed ${seed}\`, in ${took}. Each edition's rows are of its ` +
    'own last run. "of all": the runs of the whole product, which `--minutes` cuts.';
  writeRows("system calls", facts, errorRows(results, planned));
  writeRows("signals at system calls", facts, signalRows(results, planned));
}
