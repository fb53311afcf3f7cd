/** Small figures in the form of docs/benchmark.json. */

import type { Benchmark, Figures, Result } from "../../../scripts/bench/document/data.ts";
import { summarize } from "../../../scripts/bench/statistics.ts";

export function figures(title: string, ...samples: number[]): Figures {
  return { title, digits: 1, ...summarize(samples), ratio: null, samples };
}

/** @param candidates samples of the only metric by the candidates' names */
export function result(
  measurement: string,
  metric: string,
  candidates: Record<string, number[]>,
): Result {
  return {
    measurement,
    title: `The title of ${measurement}`,
    notes: [`A note on ${measurement}.`],
    rounds: 2,
    candidates: Object.entries(candidates).map(([name, samples]) => ({
      name,
      metrics: [figures(metric, ...samples)],
    })),
    failures: [],
  };
}

export const sample: Benchmark = {
  machine: { cpu: "A CPU", cores: 2, memory: "8 GB", kernel: "6.1", debian: "Debian 12" },
  versions: { nginx: "1.22.1" },
  baseline: "seed serve",
  unavailable: { s6: "not installed\nits output" },
  results: [
    result("start", "exec to gunicorn, ms", {
      "tandem": [40, 44],
      "tandem-slim": [5, 6],
      "seed serve": [20, 24],
      "tini + sh": [1, 2],
    }),
    result("memory", "RSS, MB", {
      "tandem": [58, 61],
      "tandem-slim": [3, 3],
      "seed serve": [11, 12],
      "tini + sh": [3, 3.4],
    }),
  ],
  growth: [{
    name: "workers-memory",
    title: "Memory while it serves",
    notes: ["Idle workers."],
    x: "workers",
    y: "RSS, MB",
    digits: 1,
    candidates: ["tandem", "tandem-slim", "tini + sh"].map((name, index) => ({
      name,
      points: [1, 32, 1024].map((x) => ({ x, samples: [x + index, x + index + 1] })),
    })),
  }],
  features: {
    notes: ["Each by a run."],
    columns: [{ name: "waits", question: "Waits for the app?" }],
    candidates: [{ name: "tandem", cells: ["yes"] }, { name: "tini + sh", cells: ["no"] }],
  },
};
