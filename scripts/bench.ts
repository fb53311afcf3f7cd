// Measures tandem, the script that it replaces and the usual supervisors, in one run and in turn, prints tables, and
// writes docs/benchmark.json, docs/benchmark.md, its pictures and the README's numbers.
//
//   deno task bench                                  everything, 15 rounds
//   deno task bench --rounds 5 --only memory         replaces only what it measures, such as start, loss or features
//   deno task bench --no-write                       prints the tables and leaves the documents alone
//   deno task bench --json bench.json                the same, with each sample in a file
//   deno task bench --only idle --idle-minutes 60    the CPU time of an idle hour, measured for the whole of it
//   deno task bench:quick                            what the gate holds: a few figures against their bounds
// deno-lint-ignore-file no-console -- a script prints

import { type Availability, findAvailable } from "./bench/harness/availability.ts";
import { BenchFolder } from "./bench/harness/bench_folder.ts";
import { baseline, type Candidate } from "./bench/candidates.ts";
import { DATA, readBenchmark, writeData, writeDocuments } from "./bench/document.ts";
import {
  type Benchmark,
  failuresOf,
  isSameMachine,
  type Measured,
  merge,
} from "./bench/document/data.ts";
import { format, jsonText } from "./bench/document/format.ts";
import { features, runFeatures } from "./bench/features.ts";
import { growths, runGrowths } from "./bench/growth.ts";
import { readMachine, readMeasured, readVersions } from "./bench/harness/machine.ts";
import { runRounds } from "./bench/measurement.ts";
import { measurements } from "./bench/measurements.ts";
import { type Options, readOptions, usage, UsageError } from "./bench/options.ts";
import { quickBench } from "./bench/quick.ts";
import { featureTable, growthTable, inTerminal, resultTable, toResult } from "./bench/report.ts";
import { stopwatch } from "./build/denort.ts";

/** Of the parts in the document. */
const order = { results: measurements.map(nameOf), growth: growths.map(nameOf) };

const EX_USAGE = 64;
const EX_FAILED = 1;
/** Load average of the last minute; on two CPUs half a process more already changes the timings. */
const BUSY = 0.5;

async function bench(options: Options): Promise<boolean> {
  const total = stopwatch();
  const machine = readMachine();
  const before = options.isComplete ? undefined : readBenchmark();
  if (options.write && before && !isSameMachine(before.machine, machine)) {
    throw new UsageError(`${DATA} is from another machine: run it without --only, or --no-write`);
  }
  await using benchFolder = await BenchFolder.open();
  cleanUpOnSignals(benchFolder);
  if (options.quick) return await quickBench(recorded(), benchFolder, say);

  const [load = 0] = Deno.loadavg();
  if (load > BUSY) say(`the machine is busy (load ${load.toFixed(1)}): expect wide ranges`);
  const measured = await readMeasured(load);
  const { available, unavailable } = await findAvailable(benchFolder);
  printAvailability({ available, unavailable }, benchFolder);
  const run: Benchmark = {
    machine,
    versions: await readVersions(available),
    baseline,
    unavailable,
    results: [],
    growth: [],
    features: { notes: [], columns: [], candidates: [] },
  };
  const { json, write } = options;
  for await (const part of measure(options, available, benchFolder)) {
    addPart(run, part, measured);
    // An hour of figures survives an interruption.
    if (write) await writeData(merge(before, run, order));
  }
  printTables(run);
  if (json !== undefined) Deno.writeTextFileSync(json, await format(jsonText(run), "json"));
  if (write) { for (const path of await writeDocuments(readBenchmark()!)) say(`wrote ${path}`); }

  const failures = failuresOf(run);
  const left = benchFolder.remainingProcesses().map((process) => `left behind: ${process}`);
  for (const line of [...failures, ...left]) say(line);
  say(`done in ${total()}`);
  return failures.length + left.length === 0;
}

function recorded(): Benchmark {
  const data = readBenchmark();
  if (data === undefined) throw new UsageError(`${DATA} is missing: run deno task bench once`);
  return data;
}

async function* measure(
  options: Options,
  available: Candidate[],
  benchFolder: BenchFolder,
): AsyncGenerator<Partial<Benchmark>> {
  for (const measurement of options.measurements) {
    const seconds = stopwatch();
    const outcome = await runRounds(measurement, available, options.rounds, benchFolder);
    say(`${measurement.name}: ${outcome.rounds} rounds in ${seconds()}`);
    yield { results: [toResult(outcome)] };
  }
  for (const one of options.growths) {
    const seconds = stopwatch();
    const growth = await runGrowths([one], available, options.rounds, benchFolder);
    say(`${one.name}: ${seconds()}`);
    yield { growth };
  }
  if (!options.features) return;
  const seconds = stopwatch();
  const table = await runFeatures(features, available, benchFolder);
  say(`features: ${features.length} in ${seconds()}`);
  yield { features: table };
}

function addPart(run: Benchmark, part: Partial<Benchmark>, measured: Measured): void {
  const { results = [], growth = [], features } = part;
  run.results.push(...results.map((result) => ({ ...result, measured })));
  run.growth.push(...growth.map((curve) => ({ ...curve, measured })));
  if (features) run.features = { ...features, measured };
}

function nameOf({ name }: { name: string }): string {
  return name;
}

function say(line: string): void {
  console.error(`bench: ${line}`);
}

function printAvailability(
  { available, unavailable }: Availability,
  { namespace }: BenchFolder,
): void {
  say(`comparing ${available.map(nameOf).join(", ")}`);
  for (const [name, reason] of Object.entries(unavailable)) say(`leaving out ${name}: ${reason}`);
  if (namespace.length === 0) {
    say("pid namespaces are not allowed here: stops are those of ordinary processes, not of PID 1");
  }
}

function printTables({ results, growth, features }: Benchmark): void {
  for (const result of results) console.log(inTerminal(result, resultTable(result)));
  for (const one of growth) console.log(inTerminal(one, growthTable(one)));
  if (features.columns.length > 0) console.log(inTerminal(features, featureTable(features)));
}

/** Ends the processes and removes the folder when the benchmark is interrupted. */
function cleanUpOnSignals(benchFolder: BenchFolder): void {
  for (const [signal, status] of [["SIGINT", 130], ["SIGTERM", 143]] as const) {
    Deno.addSignalListener(signal, async () => {
      await benchFolder[Symbol.asyncDispose]();
      Deno.exit(status);
    });
  }
}

if (import.meta.main) {
  try {
    if (!await bench(readOptions(Deno.args))) Deno.exitCode = EX_FAILED;
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    say(`${error.message}; usage: ${usage}`);
    Deno.exitCode = EX_USAGE;
  }
  // The signal listeners would keep the process alive.
  Deno.exit();
}
