// Measures tandem, the script that it replaces and the usual supervisors, in one run and in turn.
//
//   deno task bench                                  everything, 15 rounds
//   deno task bench --rounds 5 --only memory         some of: start, serve, loss, memory, logs, size
//   deno task bench --json bench.json                also write each sample to a file
// deno-lint-ignore-file no-console -- a script prints

import { type Availability, findAvailable } from "./bench/availability.ts";
import { type Outcome, runRounds } from "./bench/measurement.ts";
import { type Options, readOptions, UsageError } from "./bench/options.ts";
import { table, toJson } from "./bench/report.ts";
import { BenchFolder } from "./bench/bench_folder.ts";
import { run, stopwatch } from "./denort.ts";

const EX_USAGE = 64;
const EX_FAILED = 1;
/** Load average of the last minute; on two CPUs half a process more already changes the timings. */
const BUSY = 0.5;

async function bench({ rounds, chosen, json }: Options): Promise<boolean> {
  const total = stopwatch();
  await using benchFolder = await BenchFolder.open();
  cleanUpOnSignals(benchFolder);

  const [load = 0] = Deno.loadavg();
  if (load > BUSY) say(`the machine is busy (load ${load.toFixed(1)}): expect wide ranges`);
  const availability = await findAvailable(benchFolder);
  printAvailability(availability, benchFolder);
  const outcomes: Outcome[] = [];
  for (const measurement of chosen) {
    const seconds = stopwatch();
    const outcome = await runRounds(measurement, availability.available, rounds, benchFolder);
    outcomes.push(outcome);
    say(`${measurement.name}: ${outcome.rounds} rounds in ${seconds()}`);
  }
  for (const outcome of outcomes) console.log(table(outcome));
  if (json !== undefined) {
    Deno.writeTextFileSync(json, toJson(outcomes, await versions(), availability.unavailable));
  }

  const failures = outcomes.flatMap(({ measurement, failures }) =>
    failures.map(({ candidate, reason }) => `${measurement.name}, ${candidate.name}: ${reason}`)
  );
  const left = benchFolder.remainingProcesses().map((process) => `left behind: ${process}`);
  for (const line of [...failures, ...left]) say(line);
  say(`done in ${total()}`);
  return failures.length + left.length === 0;
}

function say(line: string): void {
  console.error(`bench: ${line}`);
}

function printAvailability(
  { available, unavailable }: Availability,
  { namespace }: BenchFolder,
): void {
  say(`comparing ${available.map(({ name }) => name).join(", ")}`);
  for (const [name, reason] of Object.entries(unavailable)) say(`leaving out ${name}: ${reason}`);
  if (namespace.length === 0) {
    say("pid namespaces are not allowed here: stops are those of ordinary processes, not of PID 1");
  }
}

async function versions(): Promise<Record<string, string>> {
  const [kernel = "", nginx = "", gunicorn = ""] = await Promise.all([
    run(["uname", "-r"]),
    run(["sh", "-c", "nginx -v 2>&1"]),
    run(["gunicorn", "--version"]),
  ]);
  return { kernel: kernel.trim(), nginx: nginx.trim(), gunicorn: gunicorn.trim() };
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
    say(`${error.message}; usage: bench [--rounds N] [--only NAME]... [--json FILE]`);
    Deno.exitCode = EX_USAGE;
  }
  // The signal listeners would keep the process alive.
  Deno.exit();
}
