// deno-lint-ignore-file no-console -- a script talks to its user
// Measures tandem beside the script that it replaces and the usual supervisors, all in one run, in turn.
//
//   deno task bench                                  everything, 15 rounds
//   deno task bench --rounds 5 --only memory         parts of it: start, serve, loss, memory, logs, size
//   deno task bench --json bench.json                every single value as well

import { type Field, gatherField } from "./bench/field.ts";
import { type Outcome, runRounds } from "./bench/measurement.ts";
import { type Options, readOptions, UsageError } from "./bench/options.ts";
import { table, toJson } from "./bench/report.ts";
import { Workshop } from "./bench/workshop.ts";
import { run, stopwatch } from "./denort.ts";

const EX_USAGE = 64;
const EX_FAILED = 1;
/** Processes that want to run, on average of the last minute: on two CPUs a timing feels half of one. */
const BUSY = 0.5;

async function bench({ rounds, chosen, json }: Options): Promise<boolean> {
  const total = stopwatch();
  await using workshop = await Workshop.open();
  cleanUpOnSignals(workshop);

  const [load = 0] = Deno.loadavg();
  if (load > BUSY) say(`others use this machine (load ${load.toFixed(1)}): expect wide ranges`);
  const field = await gatherField(workshop, say);
  tellField(field, workshop);
  const outcomes: Outcome[] = [];
  for (const measurement of chosen) {
    const seconds = stopwatch();
    const outcome = await runRounds(measurement, field.present, rounds, workshop);
    outcomes.push(outcome);
    say(`${measurement.name}: ${outcome.rounds} rounds in ${seconds()}`);
  }
  for (const outcome of outcomes) console.log(table(outcome));
  if (json !== undefined) {
    Deno.writeTextFileSync(json, toJson(outcomes, await versions(), field.leftOut));
  }

  const failures = outcomes.flatMap(({ measurement, failures }) =>
    failures.map(({ contender, reason }) => `${measurement.name}, ${contender.name}: ${reason}`)
  );
  const left = workshop.whatIsLeft().map((process) => `left behind: ${process}`);
  for (const line of [...failures, ...left]) say(line);
  say(`all in ${total()}`);
  return failures.length + left.length === 0;
}

function say(line: string): void {
  console.error(`bench: ${line}`);
}

function tellField({ present, leftOut }: Field, { namespace }: Workshop): void {
  say(`comparing ${present.map(({ name }) => name).join(", ")}`);
  for (const [name, reason] of Object.entries(leftOut)) say(`without ${name}: ${reason}`);
  if (namespace.length === 0) {
    say("no pid namespace is allowed here, so stops are those of ordinary processes, not of PID 1");
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

/** Nothing is left behind by a bench that is broken off either. */
function cleanUpOnSignals(workshop: Workshop): void {
  for (const [signal, status] of [["SIGINT", 130], ["SIGTERM", 143]] as const) {
    Deno.addSignalListener(signal, async () => {
      await workshop[Symbol.asyncDispose]();
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
  // Signal listeners would hold the process.
  Deno.exit();
}
