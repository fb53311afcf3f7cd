/** What each candidate can do, decided by runs. */

import type { BenchFolder } from "./bench_folder.ts";
import type { Candidate } from "./candidates.ts";
import type { FeatureTable } from "./document/data.ts";

export interface Feature {
  name: string;
  question: string;
  decide(candidate: Candidate, benchFolder: BenchFolder): Promise<string>;
}

export const features: readonly Feature[] = [];

export function runFeatures(
  _list: readonly Feature[],
  _candidates: readonly Candidate[],
  _benchFolder: BenchFolder,
): Promise<FeatureTable> {
  return Promise.resolve({ notes: [], columns: [], candidates: [] });
}
