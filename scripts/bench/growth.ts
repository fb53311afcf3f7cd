/** Measurements over growing work: a line for each candidate. */

import type { BenchFolder } from "./bench_folder.ts";
import type { Candidate } from "./candidates.ts";
import type { GrowthResult } from "./document/data.ts";

export interface Growth {
  /** For `--only`. */
  name: string;
  title: string;
  notes: readonly string[];
  x: { title: string; values: readonly number[] };
  y: { title: string; digits: number };
  candidates(all: readonly Candidate[]): readonly Candidate[];
  rounds(asked: number): number;
  measure(candidate: Candidate, x: number, benchFolder: BenchFolder): Promise<number | undefined>;
}

export const growths: readonly Growth[] = [];

export function runGrowths(
  _list: readonly Growth[],
  _candidates: readonly Candidate[],
  _asked: number,
  _benchFolder: BenchFolder,
): Promise<GrowthResult[]> {
  return Promise.resolve([]);
}
