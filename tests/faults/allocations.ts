// Lets the nth allocation of the sanitized slim edition fail, and checks how each run ends: never by a signal, a
// sanitizer's report or a hang, never with a wrong result or without a word, and never with a process left.
//
//   deno task test:allocations [--minutes N] [--seed N] [--write]
// deno-lint-ignore-file no-console -- a script prints

import { parseArgs } from "node:util";
import { Image } from "../support/image.ts";
import type { Mode } from "../support/launcher.ts";
import { isRoot } from "../support/machine/needs.ts";
import { repository } from "../support/paths.ts";
import { pool } from "../support/pool.ts";
import { runClean, runFailing, type ShortCommand, shortCommands } from "./allocations/commands.ts";
import { type Failing, failingVariable, type Verdict, verdictOf } from "./allocations/outcome.ts";
import { shuffled } from "./allocations/shuffled.ts";
import { isLost, runStart } from "./allocations/start.ts";
import { writeReliability } from "./reliability.ts";

const executable = `${repository}/dist/tandem-slim-asan`;
/** As many as the machines have on which the gate runs. */
const WIDTH = 2;

interface Tally {
  what: string;
  allocations: number;
  tried: number;
  outOfMemory: number;
  /** How many of these stopped children that ran. */
  stoppedChildren: number;
  unaffected: number;
  broken: number;
}

/** Tries allocations in random order until all are tried or the time is over. */
async function sweep(
  what: string,
  allocations: number,
  milliseconds: number,
  seed: number,
  attempt: (failing: Failing, index: number) => Promise<Verdict>,
): Promise<Tally> {
  const tally: Tally = {
    what,
    allocations,
    tried: 0,
    outOfMemory: 0,
    stoppedChildren: 0,
    unaffected: 0,
    broken: 0,
  };
  const end = performance.now() + milliseconds;
  await pool(WIDTH, [...shuffled(allocations, seed).entries()], async ([index, nth]) => {
    if (performance.now() > end) return;
    const failing = { nth, andAllAfter: index % 2 === 1 };
    const verdict = await attempt(failing, index);
    tally.tried++;
    if (verdict.kind === "out of memory") {
      tally.outOfMemory++;
      if (verdict.stoppedChildren) tally.stoppedChildren++;
    } else if (verdict.kind === "unaffected") tally.unaffected++;
    else {
      tally.broken++;
      const [variable] = Object.entries(failingVariable(failing));
      console.error(`allocations: ${variable!.join("=")} ${what}: ${verdict.reason}`);
    }
  });
  console.error(
    `allocations: ${what}: ${tally.tried} of ${allocations} tried, ${tally.outOfMemory} out of memory ` +
      `(${tally.stoppedChildren} with children), ` +
      `${tally.unaffected} unaffected, ${tally.broken} broken`,
  );
  return tally;
}

async function sweepCommand(
  command: ShortCommand,
  image: Image,
  milliseconds: number,
  seed: number,
): Promise<Tally> {
  const { count, outcome: clean } = await runClean(executable, command, image);
  const expected = command.constant(clean.stdout);
  return await sweep(
    command.name,
    count,
    milliseconds,
    seed,
    async (failing) =>
      verdictOf(
        await runFailing(executable, command, image, failing),
        ({ code, stdout }) => code === clean.code && command.constant(stdout) === expected,
      ),
  );
}

async function sweepStart(milliseconds: number, seed: number): Promise<Tally> {
  const path = Deno.makeTempFileSync({ prefix: "tandem-e2e-" });
  const modes: Mode[] = isRoot ? ["ordinary process", "PID 1"] : ["ordinary process"];
  const clean = await runStart(executable, modes[0]!, { ALLOCATION_COUNT: path });
  const count = Number(Deno.readTextFileSync(path));
  Deno.removeSync(path);
  if (clean.code !== 0) throw new Error(`A clean run ended with ${clean.code}:\n${clean.stderr}`);
  return await sweep("start and stop", count, milliseconds, seed, async (failing, index) => {
    const mode = modes[(index >> 1) % modes.length]!;
    const outcome = await runStart(executable, mode, failingVariable(failing));
    const verdict = verdictOf(outcome, ({ code }) => code === 0 && outcome.wasReady);
    if (verdict.kind === "broken") return { ...verdict, reason: `${verdict.reason} (${mode})` };
    if (outcome.left.length > 0) return broken(`left: ${outcome.left.join(", ")} (${mode})`);
    if (isLost(outcome)) return broken(`request: ${outcome.answer} (${mode})`);
    return verdict;
  });
}

function broken(reason: string): Verdict {
  return { kind: "broken", reason };
}

const options = {
  minutes: { type: "string", default: "2" },
  seed: { type: "string", default: "1" },
  write: { type: "boolean", default: false },
} as const;
const { write, ...numbers } = parseArgs({ options }).values;
const minutes = Number(numbers.minutes);
const seed = Number(numbers.seed);
using image = new Image();
const commands = shortCommands(image);
const half = minutes * 60_000 / 2;
const tallies: Tally[] = [];
for (const command of commands) {
  tallies.push(await sweepCommand(command, image, half / commands.length, seed));
}
tallies.push(await sweepStart(half, seed));

if (write) {
  const date = new Date().toISOString().slice(0, 10);
  writeReliability(
    "allocations",
    `${date}: \`./scripts/deno task test:allocations --minutes ${minutes} --seed ${seed}\``,
    [
      [
        "command",
        "allocations",
        "tried",
        "out of memory, 71",
        "of these with children",
        "unaffected",
        "broken",
      ],
      ...tallies.map(({ what, ...counts }) => [what, ...Object.values(counts).map(String)]),
    ],
  );
}
if (tallies.some(({ broken }) => broken > 0)) Deno.exitCode = 1;
