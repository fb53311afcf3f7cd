/** What a measurement is, and how its rounds are run: side by side, so that a busy machine is busy for everyone. */

import type { Contender } from "./contenders.ts";
import type { Workshop } from "./workshop.ts";

export interface Metric {
  title: string;
  /** Digits after the point. */
  digits: number;
}

/** One value for each metric, in their order. */
export type Sample = number[];

export interface Measurement {
  /** For `--only`. */
  name: string;
  title: string;
  /** What a reader has to know to read the figures right. */
  notes: readonly string[];
  metrics: readonly Metric[];
  /** How many, where so many were asked for: what hardly varies, or is slow, takes fewer. */
  rounds(asked: number): number;
  /** At once only what the others do not disturb. */
  order: "in turn" | "at once";
  measure(contender: Contender, workshop: Workshop): Promise<Sample>;
  /** A last column in words. */
  remark?: { title: string; of(contender: Contender): string };
}

export interface Failure {
  contender: Contender;
  reason: string;
}

export interface Outcome {
  measurement: Measurement;
  rounds: number;
  samples: Map<Contender, Sample[]>;
  failures: Failure[];
}

export async function runRounds(
  measurement: Measurement,
  contenders: readonly Contender[],
  asked: number,
  workshop: Workshop,
): Promise<Outcome> {
  const rounds = measurement.rounds(asked);
  const samples = new Map<Contender, Sample[]>(contenders.map((contender) => [contender, []]));
  const failures: Failure[] = [];

  async function measure(contender: Contender): Promise<void> {
    try {
      samples.get(contender)!.push(await measurement.measure(contender, workshop));
    } catch (error) {
      failures.push({ contender, reason: (error as Error).message });
    }
  }

  for (let round = 0; round < rounds; round++) {
    // Another one is first each time, so that nobody always comes after the same neighbour's end of a round.
    const turn = round % contenders.length;
    const inOrder = [...contenders.slice(turn), ...contenders.slice(0, turn)];
    if (measurement.order === "at once") await Promise.all(inOrder.map(measure));
    else for (const contender of inOrder) await measure(contender);
  }
  return { measurement, rounds, samples, failures };
}
