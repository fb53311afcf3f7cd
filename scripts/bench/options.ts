/** The command line of the benchmark. */

import { parseArgs } from "node:util";
import type { Measurement } from "./measurement.ts";
import { measurements } from "./measurements.ts";

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
  const names = measurements.map(({ name }) => name);
  const { rounds, only, json } = parse(args);
  if (!/^[1-9][0-9]{0,2}$/.test(rounds)) {
    throw new UsageError(`--rounds: '${rounds}' is not a whole number from 1 to 999`);
  }
  const unknown = only.find((name) => !names.includes(name));
  if (unknown !== undefined) {
    throw new UsageError(`--only: '${unknown}' is not one of ${names.join(", ")}`);
  }
  const chosen = measurements.filter(({ name }) => only.length === 0 || only.includes(name));
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
      },
    }).values;
  } catch (error) {
    throw new UsageError((error as Error).message);
  }
}
