/** The command line of the benchmark. */

import { parseArgs } from "node:util";
import type { Measurement } from "./measurement.ts";
import { measurements } from "./measurements.ts";
import { idleHour } from "./measurements/idle_hour.ts";

export interface Options {
  /** Measurements that count rather than time take fewer. */
  rounds: number;
  chosen: readonly Measurement[];
  /** The path of a file for all samples. */
  json: string | undefined;
}

/** Printed in one line, without a stack trace. */
export class UsageError extends Error {}

/** @throws {UsageError} */
export function readOptions(args: string[]): Options {
  const { rounds, only, json, "idle-minutes": idleMinutes } = parse(args);
  for (const [option, value] of Object.entries({ rounds, "idle-minutes": idleMinutes })) {
    if (/^[1-9][0-9]{0,2}$/.test(value)) continue;
    throw new UsageError(`--${option}: '${value}' is not a whole number from 1 to 999`);
  }
  const all = [...measurements, idleHour(Number(idleMinutes))];
  const names = all.map(({ name }) => name);
  const unknown = only.find((name) => !names.includes(name));
  if (unknown !== undefined) {
    throw new UsageError(`--only: '${unknown}' is not one of ${names.join(", ")}`);
  }
  // The idle hour has to be asked for: it takes longer than all the others.
  const chosen = only.length === 0 ? measurements : all.filter(({ name }) => only.includes(name));
  return { rounds: Number(rounds), chosen, json };
}

function parse(args: string[]) {
  try {
    return parseArgs({
      args,
      options: {
        rounds: { type: "string", default: "15" },
        only: { type: "string", multiple: true, default: [] },
        json: { type: "string" },
        "idle-minutes": { type: "string", default: "60" },
      },
    }).values;
  } catch (error) {
    throw new UsageError((error as Error).message);
  }
}
