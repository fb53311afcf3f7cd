/** The short form in the gate: a few figures of both editions against their bounds. */

import { markdownTable } from "../sections.ts";
import { run } from "../build/denort.ts";
import type { BenchFolder } from "./harness/bench_folder.ts";
import { type Bound, bounded, type Trial, trials } from "./bounds.ts";
import { baseline, candidates } from "./candidates.ts";
import type { Benchmark, Result } from "./document/data.ts";
import { figuresOf } from "./document/headlines.ts";
import { type Outcome, runRounds } from "./measurement.ts";
import { toResult } from "./report.ts";
import { middleHalf } from "./statistics.ts";

export interface Verdict {
  what: string;
  value: number;
  most: number;
  /** Why `value` is too much; `undefined` if it is not. */
  problem?: string;
  /** Why nobody can say whether it is. */
  doubt?: string;
}

/**
 * A quarter of the baseline's samples are this close to their least, else other processes were in the way: with
 * real-time priority it is 3 %, without it and beside two busy loops 60 %.
 */
const STEADY = 1.12;

type Say = (line: string) => void;

/** @returns whether all bounds hold */
export async function quickBench(
  recorded: Benchmark,
  benchFolder: BenchFolder,
  say: Say,
): Promise<boolean> {
  await takePriority(say);
  const verdicts: Verdict[] = [];
  for (const trial of trials) verdicts.push(...await runTrial(trial, recorded, benchFolder, say));
  say(`bounds\n\n${verdictTable(verdicts)}\n`);
  for (const { problem, doubt } of verdicts) if (problem ?? doubt) say((problem ?? doubt)!);
  return verdicts.every(({ problem }) => problem === undefined);
}

/** Both sides of each ratio run before ordinary processes, so a busy machine hardly changes them. */
async function takePriority(say: Say): Promise<void> {
  try {
    await run(["chrt", "--all-tasks", "--fifo", "--pid", "10", `${Deno.pid}`]);
  } catch {
    say("real-time priority is not allowed here: a busy machine needs more rounds");
  }
}

async function runTrial(
  { measurement, asked, retries, bounds }: Trial,
  recorded: Benchmark,
  benchFolder: BenchFolder,
  say: Say,
): Promise<Verdict[]> {
  const isTimed = bounds.some(({ isRatio }) => isRatio);
  const names: string[] = [...bounded, ...isTimed ? [baseline] : []];
  const chosen = candidates.filter(({ name }) => names.includes(name));
  let all: Outcome | undefined;
  for (let attempt = 0;; attempt++) {
    all = joined(all, await runRounds(measurement, chosen, asked, benchFolder));
    const verdicts = checkBounds(toResult(all), bounds, recorded);
    const open = verdicts.find(({ problem, doubt }) => problem ?? doubt);
    if (attempt === retries || open === undefined) return verdicts;
    say(`${measurement.name}: more rounds, because of ${open.what}`);
  }
}

function joined(before: Outcome | undefined, now: Outcome): Outcome {
  if (before === undefined) return now;
  const samples = new Map(
    [...now.samples].map(([one, added]) => [one, [...before.samples.get(one)!, ...added]]),
  );
  const failures = [...before.failures, ...now.failures];
  return { ...now, rounds: before.rounds + now.rounds, samples, failures };
}

/** One verdict for each bound and edition. */
export function checkBounds(
  result: Result,
  bounds: readonly Bound[],
  recorded: Benchmark,
): Verdict[] {
  const failed = result.failures.map(({ name, reason }) => ({
    what: `${name}, ${result.measurement}`,
    value: NaN,
    most: NaN,
    problem: `${name}, ${result.measurement}: ${reason}`,
  }));
  const now = { ...recorded, results: [result] };
  const verdicts = bounds.flatMap((bound) =>
    bounded.map((name): Verdict => {
      const value = valueOf(now, result.measurement, bound, name);
      const before = valueOf(recorded, result.measurement, bound, name);
      const most = "exactly" in bound.most ? bound.most.exactly : bound.most.ofRecorded * before;
      const what = `${name}, ${bound.metric}${bound.isRatio ? ` (× ${baseline})` : ""}`;
      if (value <= most) return { what, value, most };
      const tooMuch = `${what} is ${show(value)}, more than ${show(most)}`;
      if (bound.isRatio && !isSteady(now, result.measurement, bound)) {
        const doubt = `${tooMuch}, but ${baseline} itself varies too much to say why`;
        return { what, value, most, doubt };
      }
      const problem = `${tooMuch}: make it less, or, if it is worth it, record it with ` +
        `deno task bench --only ${result.measurement}`;
      return { what, value, most, problem };
    })
  );
  return [...failed, ...verdicts];
}

/** Whether other processes left the baseline alone. Without figures of it there is no excuse. */
function isSteady(data: Benchmark, measurement: string, { metric }: Bound): boolean {
  const samples = figuresOf(data, { measurement, metric }, baseline)?.samples ?? [];
  const values = samples.filter((sample) => sample !== null);
  return values.length === 0 || middleHalf(values).low <= STEADY * Math.min(...values);
}

/** The least of all rounds, which the rest of the machine changes least; of what must be 0, the greatest. */
function valueOf(data: Benchmark, measurement: string, bound: Bound, name: string): number {
  const { metric, isRatio, most } = bound;
  const figures = (candidate: string) => figuresOf(data, { measurement, metric }, candidate);
  if ("exactly" in most) return figures(name)?.max ?? NaN;
  const value = figures(name)?.min ?? NaN;
  return isRatio ? value / (figures(baseline)?.min ?? NaN) : value;
}

function verdictTable(verdicts: Verdict[]): string {
  return markdownTable([
    ["", "least", "most allowed", ""],
    ...verdicts.map(({ what, value, most, problem, doubt }) => [
      what,
      show(value),
      show(most),
      problem ? "too much" : doubt ? "busy machine" : "ok",
    ]),
  ]);
}

/** Three significant figures. */
function show(value: number): string {
  return Number.isNaN(value) ? "?" : `${Number(value.toPrecision(3))}`;
}
