/** What the gate holds: how far a figure may be from the one that docs/benchmark.json recorded. */

import type { Measurement } from "./measurement.ts";
import { lostRequests } from "./measurements/lost_requests.ts";
import { memory } from "./measurements/memory.ts";
import { ownTime } from "./measurements/own_time.ts";
import { size } from "./measurements/size.ts";

export interface Bound {
  metric: string;
  /** Times are compared with the baseline's of the same run, because machines differ and are busy. */
  isRatio?: true;
  /** The most, as a factor of the recorded figure; or the most itself. */
  most: { ofRecorded: number } | { exactly: number };
  /** Where the number comes from. */
  source: string;
}

export interface Trial {
  measurement: Measurement;
  /** What `--rounds` would be. */
  asked: number;
  /** How many times more rounds are added before a figure counts as too large. */
  retries: number;
  bounds: readonly Bound[];
}

export const bounded = ["tandem", "tandem-slim"] as const;

export const trials: readonly Trial[] = [
  {
    measurement: size,
    asked: 1,
    retries: 0,
    bounds: [{
      metric: "size, kB",
      most: { ofRecorded: 1.05 },
      source: "does not vary; a fifth more of our own code is 6 % more of the slim edition",
    }],
  },
  {
    measurement: ownTime,
    asked: 10,
    retries: 3,
    bounds: [
      {
        metric: "exec to gunicorn, ms",
        isRatio: true,
        most: { ofRecorded: 1.2 },
        source: "the least of 10 rounds varies by 5 %, beside two busy loops by 10 %",
      },
      {
        metric: "exec to both, ms",
        isRatio: true,
        most: { ofRecorded: 1.2 },
        source: "as the first",
      },
    ],
  },
  {
    measurement: memory,
    asked: 1,
    retries: 2,
    bounds: [
      {
        metric: "RSS, MB",
        most: { ofRecorded: 1.2 },
        source: "varies by 8 %: pages of the executable are mapped by chance",
      },
      { metric: "anonymous, MB", most: { ofRecorded: 1.1 }, source: "varies by 3 %" },
    ],
  },
  {
    measurement: lostRequests,
    asked: 1,
    retries: 0,
    bounds: [{ metric: "lost of 32", most: { exactly: 0 }, source: "the promise of a stop" }],
  },
];
