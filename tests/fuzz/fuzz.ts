// Fuzzes what reads bytes from outside: each target of targets/ for its share of the time, from the inputs of seeds/, or
// with --continue also from those that earlier runs have left in .cache/fuzz/corpus/, which takes a while to read.
//
//   deno task test:fuzz [--minutes N] [--seed N] [--only TARGET] [--continue] [--write]
// deno-lint-ignore-file no-console -- a script prints

import { parseArgs } from "node:util";
import { buildFuzz, fuzzTargets } from "../../scripts/build_fuzz.ts";
import { BuildError } from "../../scripts/build/denort.ts";
import { runBuild } from "../../scripts/build/bundle.ts";
import { root } from "../../scripts/imports.ts";
import { writeReliability } from "../faults/reliability.ts";
import { exists } from "../support/image.ts";

const EX_USAGE = 64;

/** In bytes. Every branch of a reader is within reach, and an execution takes milliseconds. */
const LONGEST_INPUT = 512;

const folder = `${root}.cache/fuzz`;

interface Outcome {
  target: string;
  executions: number;
  seconds: number;
  corpus: number;
  finds: string[];
}

function names(folder: string): string[] {
  return exists(folder) ? [...Deno.readDirSync(folder)].map(({ name }) => name).sort() : [];
}

async function fuzz(
  target: string,
  executables: string,
  { seconds, seed, continues }: { seconds: number; seed: number; continues: boolean },
) {
  const corpus = `${folder}/corpus/${target}`;
  const finds = `${folder}/finds/${target}`;
  const seeds = `${root}tests/fuzz/seeds/${target}`;
  const dictionary = `${root}tests/fuzz/dictionaries/${target}.dict`;
  if (!continues && exists(corpus)) Deno.removeSync(corpus, { recursive: true });
  for (const path of [corpus, finds]) Deno.mkdirSync(path, { recursive: true });
  const known = names(finds);
  const started = performance.now();
  const { success, stderr } = await new Deno.Command(`${executables}/${target}`, {
    args: [
      ...[`-seed=${seed}`, `-max_total_time=${seconds}`, `-max_len=${LONGEST_INPUT}`],
      // Leaks are looked for once, at the end of the run: after each input that takes all of the time.
      ...["-detect_leaks=0", "-timeout=60", "-rss_limit_mb=1024", "-print_final_stats=1"],
      ...[`-artifact_prefix=${finds}/`, ...exists(dictionary) ? [`-dict=${dictionary}`] : []],
      ...[corpus, seeds],
    ],
    stdin: "null",
    stdout: "null",
    stderr: "piped",
  }).output();
  const output = new TextDecoder().decode(stderr);
  const outcome: Outcome = {
    target,
    executions: Number(/stat::number_of_executed_units: (\d+)/.exec(output)?.[1] ?? 0),
    seconds: (performance.now() - started) / 1000,
    corpus: names(corpus).length,
    finds: names(finds).filter((name) => !known.includes(name)).map((name) => `${finds}/${name}`),
  };
  const failed = !success || outcome.finds.length > 0;
  const rate = Math.round(outcome.executions / outcome.seconds);
  console.error(
    `fuzz: ${target}: ${outcome.executions} executions in ${Math.round(outcome.seconds)} s ` +
      `(${rate}/s), ${outcome.corpus} inputs found, ${failed ? "FAILED" : "no crash"}`,
  );
  if (failed) {
    console.error(output.split("\n").slice(-60).join("\n"));
    for (const find of outcome.finds) {
      console.error(`fuzz: to repeat it: ${executables}/${target} ${find}`);
    }
  }
  return { ...outcome, failed };
}

function optionsOf(args: string[]) {
  const usage = "usage: test:fuzz [--minutes N] [--seed N] [--only TARGET] [--continue] [--write]";
  const options = {
    minutes: { type: "string", default: "1" },
    seed: { type: "string", default: "1" },
    only: { type: "string" },
    continue: { type: "boolean", default: false },
    write: { type: "boolean", default: false },
  } as const;
  const { minutes, seed, only, write, continue: continues } = parseArgs({ args, options }).values;
  const targets = only === undefined ? fuzzTargets : fuzzTargets.filter((name) => name === only);
  if (!(Number(minutes) > 0) || !/^\d+$/.test(seed) || targets.length === 0) {
    throw new BuildError(`${usage}; the targets are ${fuzzTargets.join(", ")}`, EX_USAGE);
  }
  return { minutes: Number(minutes), seed: Number(seed), targets, continues, write };
}

await runBuild(async (args) => {
  const { minutes, seed, targets, continues, write } = optionsOf(args);
  const executables = await buildFuzz();
  const seconds = Math.max(1, Math.round(60 * minutes / targets.length));
  const outcomes = [];
  for (const target of targets) {
    outcomes.push(await fuzz(target, executables, { seconds, seed, continues }));
  }
  const crashes = outcomes.filter(({ failed }) => failed).length;
  if (write) {
    const date = new Date().toISOString().slice(0, 10);
    const time = outcomes.reduce((sum, { seconds }) => sum + seconds, 0);
    writeReliability(
      "fuzzing",
      `${date}, ${(time / 3600).toFixed(2)} hours: ` +
        `\`./scripts/deno task test:fuzz --minutes ${minutes} --seed ${seed}\``,
      [
        ["target", "executions", "a second", "inputs with new coverage", "crashes"],
        ...outcomes.map(({ target, executions, seconds, corpus, failed }) => [
          target,
          `${executions}`,
          `${Math.round(executions / seconds)}`,
          `${corpus}`,
          failed ? "1" : "0",
        ]),
      ],
    );
  }
  if (crashes > 0) throw new BuildError(`${crashes} fuzz targets failed, see above`, 1);
});
