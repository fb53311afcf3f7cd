/** Time limits for the processes that the slow rules start. */

import { type CommandOutput, runCommand } from "../host/process/child.ts";
import type { Reaper } from "../host/process/reaper.ts";
import { type Clock, happensWithin } from "../host/system/clock.ts";

export interface Complaint {
  complaint: string;
}

/**
 * Runs a command until its end or until the time limit, which kills it.
 * @returns a complaint if it cannot start, or takes longer
 */
export async function runTimedCommand(
  path: string,
  args: string[],
  milliseconds: number,
  { clock, reaper }: { clock: Clock; reaper: Reaper },
): Promise<CommandOutput | Complaint> {
  // Without it, Python would write the compiled form of each module that it imports.
  const env = { PYTHONDONTWRITEBYTECODE: "1" };
  try {
    return await withinTime(
      clock,
      milliseconds,
      (signal) => runCommand(path, args, reaper, signal, env),
    );
  } catch (error) {
    return { complaint: (error as Error).message };
  }
}

/** Aborts the action at the time limit, and waits until it has cleaned up. */
export async function withinTime<T>(
  clock: Clock,
  milliseconds: number,
  action: (signal: AbortSignal) => Promise<T>,
): Promise<T | Complaint> {
  const timeout = new AbortController();
  const result = action(timeout.signal);
  if (await happensWithin(clock, milliseconds, result)) return await result;
  timeout.abort();
  await result;
  return { complaint: `no answer within ${milliseconds / 1000} s` };
}
