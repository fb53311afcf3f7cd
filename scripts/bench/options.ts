/** The command line of the benchmark. */

import { parseArgs } from "node:util";
import { type Growth, growths } from "./growth.ts";
import type { Measurement } from "./measurement.ts";
import { IDLE_MINUTES, measurementsWith } from "./measurements.ts";

export interface Options {
  /** Measurements that count rather than time take fewer. */
  rounds: number;
  measurements: readonly Measurement[];
  growths: readonly Growth[];
  features: boolean;
  /** Whether these are all, so that nothing of an earlier run is kept. */
  isComplete: boolean;
  /** Whether docs/benchmark.json and what is made from it are updated. */
  write: boolean;
  /** The path of a file for the figures of this run alone. */
  json: string | undefined;
  /** The short form in the gate: a few figures against their bounds. */
  quick: boolean;
}

const FEATURES = "features";

export const usage =
  "bench [--rounds N] [--only NAME]... [--no-write] [--json FILE] [--idle-minutes N], or bench --quick";

/** Printed in one line, without a stack trace. */
export class UsageError extends Error {}

/** @throws {UsageError} */
export function readOptions(args: string[]): Options {
  const { rounds, only, json, quick, ...values } = parse(args);
  const idleMinutes = values["idle-minutes"];
  for (const [option, value] of Object.entries({ rounds, "idle-minutes": idleMinutes })) {
    if (/^[1-9][0-9]{0,2}$/.test(value)) continue;
    throw new UsageError(`--${option}: '${value}' is not a whole number from 1 to 999`);
  }
  const measurements = measurementsWith(Number(idleMinutes));
  const names = [...[...measurements, ...growths].map(({ name }) => name), FEATURES];
  const unknown = only.find((name) => !names.includes(name));
  if (unknown !== undefined) {
    throw new UsageError(`--only: '${unknown}' is not one of ${names.join(", ")}`);
  }
  if (quick && args.length > 1) throw new UsageError("--quick takes no other option");
  const isChosen = (name: string) => only.length === 0 || only.includes(name);
  return {
    rounds: Number(rounds),
    measurements: measurements.filter(({ name }) => isChosen(name)),
    growths: growths.filter(({ name }) => isChosen(name)),
    features: isChosen(FEATURES),
    isComplete: only.length === 0,
    write: !values["no-write"] && json === undefined,
    json,
    quick,
  };
}

function parse(args: string[]) {
  try {
    return parseArgs({
      args,
      options: {
        rounds: { type: "string", default: "15" },
        only: { type: "string", multiple: true, default: [] },
        "no-write": { type: "boolean", default: false },
        json: { type: "string" },
        "idle-minutes": { type: "string", default: `${IDLE_MINUTES}` },
        quick: { type: "boolean", default: false },
      },
    }).values;
  } catch (error) {
    throw new UsageError((error as Error).message);
  }
}
