/**
 * The random fault suite: starts pairs, keeps them under load, breaks something, and checks what has to hold.
 * Part of the gate, there with a fixed seed. By hand the seed is a fresh one, unless it is given.
 */
// deno-lint-ignore-file no-console -- a script prints

import { parseArgs } from "node:util";
import { markdownTable } from "../../scripts/sections.ts";
import { writeReliability } from "./reliability.ts";
import { allFaults } from "./random/faults/all.ts";
import { planRound } from "./random/plan.ts";
import { inPrivateMounts } from "./random/private_mounts.ts";
import { describeRound, faultTable } from "./random/report.ts";
import { playRound, type RoundResult } from "./random/round.ts";
import { editions } from "../support/editions.ts";
import { pool } from "../support/pool.ts";

const { values } = parseArgs({
  args: Deno.args,
  options: {
    minutes: { type: "string", default: "3" },
    /** By default a fresh one. */
    seed: { type: "string" },
    /** Only the faults with this in their name. */
    only: { type: "string", default: "" },
    /** Only the round of this number, to repeat it. */
    round: { type: "string" },
    /** Rounds at the same time. */
    jobs: { type: "string", default: "3" },
    /** Writes the table into docs/reliability.md. */
    write: { type: "boolean", default: false },
  },
});

const inNamespace = await inPrivateMounts(new URL(import.meta.url).pathname);
Deno.exit(inNamespace ?? await main());

/** @returns the exit status */
async function main(): Promise<number> {
  const seed = values.seed ?? `${Math.floor(Math.random() * 1e9)}`;
  const minutes = Number(values.minutes);
  const repeat = `deno task test:faults --minutes ${minutes} --seed ${seed}` +
    (values.only && ` --only ${JSON.stringify(values.only)}`);
  console.log(`seed ${seed}; repeat with: ${repeat}`);
  const faults = allFaults.filter(({ name }) => name.includes(values.only));
  if (faults.length === 0) throw new Error(`No fault has ${values.only} in its name`);

  const results: RoundResult[] = [];
  const end = performance.now() + minutes * 60_000;
  const numbers = values.round ? [Number(values.round)] : upTo(() => performance.now() < end);
  await pool(Number(values.jobs), numbers, async (number) => {
    const plan = planRound(faults, seed, number);
    if (!plan) return;
    const result = await playRound(plan);
    results.push(result);
    console.log(describeRound(result));
    if (result.failure) console.log(result.failure);
  });

  const failed = results.filter(({ failure }) => failure);
  const rows = faultTable(faults, results);
  console.log(`\n${markdownTable(rows)}\n`);
  const sum = `${results.length} rounds, ${failed.length} failed`;
  console.log(`${sum}; repeat a round with: ${repeat} --round NUMBER`);
  for (const result of failed) console.log(describeRound(result));
  if (values.write) {
    const names = editions.map(({ name }) => name).join(", ");
    const date = new Date().toISOString().slice(0, 10);
    const facts = `${date}: ${sum}, in ${minutes} minutes, on ${names}. Repeat with \`${repeat}\`.`;
    writeReliability("random faults", facts, rows);
  }
  return failed.length || !results.length ? 1 : 0;
}

/** 1, 2, … while the condition holds. */
function* upTo(isGoingOn: () => boolean): Iterable<number> {
  for (let number = 1; isGoingOn(); number++) yield number;
}
