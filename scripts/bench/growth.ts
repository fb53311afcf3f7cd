/** How the cost of a launcher grows with the work; each round measures all candidates at one point after the other. */

import type { BenchFolder } from "./harness/bench_folder.ts";
import type { Candidate } from "./candidates.ts";
import type { GrowthResult } from "./document/data.ts";
import { connections } from "./growth/connections.ts";
import { logLines } from "./growth/log_lines.ts";
import { orphans } from "./growth/orphans.ts";
import { workers } from "./growth/workers.ts";

export interface Growth {
  /** For `--only`. */
  name: string;
  /** What a reader must know to understand the curves. */
  notes: readonly string[];
  x: { title: string; values: readonly number[] };
  /** What is measured at each point of x. */
  curves: readonly Curve[];
  candidates(all: readonly Candidate[]): Candidate[];
  /** @returns one value for each curve, in their order; `undefined` where the candidate cannot do this */
  measure(candidate: Candidate, x: number, benchFolder: BenchFolder): Promise<CurveValues>;
}

export interface Curve {
  name: string;
  title: string;
  y: string;
  /** Digits after the decimal point. */
  digits: number;
}

export type CurveValues = readonly (number | undefined)[];

export const growths: readonly Growth[] = [workers, orphans, logLines, connections];

export async function runGrowths(
  list: readonly Growth[],
  candidates: readonly Candidate[],
  asked: number,
  benchFolder: BenchFolder,
): Promise<GrowthResult[]> {
  const outcomes: GrowthResult[] = [];
  for (const growth of list) {
    outcomes.push(...await runGrowth(growth, growth.candidates(candidates), asked, benchFolder));
  }
  return outcomes;
}

interface Run {
  candidate: Candidate;
  x: number;
  values: CurveValues;
}

async function runGrowth(
  growth: Growth,
  candidates: readonly Candidate[],
  asked: number,
  benchFolder: BenchFolder,
): Promise<GrowthResult[]> {
  const runs: Run[] = [];
  const failures: NonNullable<GrowthResult["failures"]> = [];
  // A round has all amounts of work, and takes minutes.
  for (let round = 0; round < Math.ceil(asked / 5); round++) {
    for (const x of growth.x.values) {
      for (const candidate of candidates) {
        try {
          runs.push({ candidate, x, values: await growth.measure(candidate, x, benchFolder) });
        } catch (error) {
          failures.push({ name: candidate.name, x, reason: (error as Error).message });
        }
      }
    }
  }
  return growth.curves.map(({ name, title, y, digits }, index) => ({
    name: `${growth.name}-${name}`,
    title,
    notes: growth.notes,
    x: growth.x.title,
    y,
    digits,
    candidates: candidates
      .map((candidate) => ({ name: candidate.name, points: points(runs, candidate, index) }))
      .filter(({ points }) => points.length > 0),
    failures,
  }));
}

function points(runs: readonly Run[], candidate: Candidate, index: number) {
  const samples = Map.groupBy(runs.filter((run) => run.candidate === candidate), ({ x }) => x);
  return [...samples]
    .map(([x, atX]) => ({ x, samples: atX.flatMap(({ values }) => values[index] ?? []) }))
    .filter(({ samples }) => samples.length > 0);
}
