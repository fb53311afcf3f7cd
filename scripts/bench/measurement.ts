/** A measurement, and its rounds: each measures all candidates, so that a busy minute affects all of them. */

import type { Candidate } from "./candidates.ts";
import type { BenchFolder } from "./harness/bench_folder.ts";

export interface Metric {
  title: string;
  /** Digits after the decimal point. */
  digits: number;
}

/** One value for each metric, in their order. */
export type Sample = number[];

export interface Measurement {
  /** For `--only`. */
  name: string;
  title: string;
  /** What a reader must know to understand the figures. */
  notes: readonly string[];
  metrics: readonly Metric[];
  /** Whether it makes sense for the candidate; for all of them by default. */
  suits?(candidate: Candidate): boolean;
  /** Rounds to run if the user asked for `asked`; fewer if the figures hardly vary or take long. */
  rounds(asked: number): number;
  /** "at once" only if the candidates do not disturb each other. */
  order: "in turn" | "at once";
  measure(candidate: Candidate, benchFolder: BenchFolder): Promise<Sample>;
}

export interface Failure {
  candidate: Candidate;
  reason: string;
}

export interface Outcome {
  measurement: Measurement;
  rounds: number;
  samples: Map<Candidate, Sample[]>;
  failures: Failure[];
}

export async function runRounds(
  measurement: Measurement,
  available: readonly Candidate[],
  asked: number,
  benchFolder: BenchFolder,
): Promise<Outcome> {
  const candidates = available.filter((one) => measurement.suits?.(one) ?? true);
  const rounds = measurement.rounds(asked);
  const samples = new Map<Candidate, Sample[]>(candidates.map((candidate) => [candidate, []]));
  const failures: Failure[] = [];

  async function measure(candidate: Candidate): Promise<void> {
    try {
      samples.get(candidate)!.push(await measurement.measure(candidate, benchFolder));
    } catch (error) {
      failures.push({ candidate, reason: (error as Error).message });
    }
  }

  for (let round = 0; round < rounds; round++) {
    // Each round starts with another candidate, so that a slow stop of one does not always affect the same next one.
    const first = round % candidates.length;
    const inOrder = [...candidates.slice(first), ...candidates.slice(0, first)];
    if (measurement.order === "at once") await Promise.all(inOrder.map(measure));
    else for (const candidate of inOrder) await measure(candidate);
  }
  return { measurement, rounds, samples, failures };
}
