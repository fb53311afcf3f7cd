/** Time limits for the processes that the slow rules start. */

import { type CommandOutput, runCommand } from "../host/process/child.ts";
import type { Reaper } from "../host/process/reaper.ts";
import { type Clock, happensWithin } from "../host/system/clock.ts";

export interface Complaint {
  complaint: string;
}

export interface CommandTools {
  clock: Clock;
  reaper: Reaper;
  /** Ends the command early. */
  signal?: AbortSignal;
}

/**
 * Runs a command until its end or until the time limit, which kills it.
 * @returns a complaint if it cannot start, or takes longer
 */
export async function runTimedCommand(
  path: string,
  args: string[],
  milliseconds: number,
  { clock, reaper, signal: stop }: CommandTools,
): Promise<CommandOutput | Complaint> {
  // Without it, Python would write the compiled form of each module that it imports.
  const env = { PYTHONDONTWRITEBYTECODE: "1" };
  try {
    return await withinTime(
      clock,
      milliseconds,
      (signal) => runCommand(path, args, reaper, signal, env),
      stop,
    );
  } catch (error) {
    return { complaint: (error as Error).message };
  }
}

/**
 * Aborts the action at the time limit, and waits until it has cleaned up.
 * @param stop aborts the action earlier, which then has no answer either
 */
export async function withinTime<T>(
  clock: Clock,
  milliseconds: number,
  action: (signal: AbortSignal) => Promise<T>,
  stop?: AbortSignal,
): Promise<T | Complaint> {
  const timeout = new AbortController();
  if (stop?.aborted) return { complaint: "tandem is being stopped" };
  const abort = () => timeout.abort();
  stop?.addEventListener("abort", abort, { once: true });
  const result = action(timeout.signal);
  try {
    if (await happensWithin(clock, milliseconds, result)) return await result;
  } finally {
    stop?.removeEventListener("abort", abort);
  }
  abort();
  await result;
  return { complaint: `no answer within ${milliseconds / 1000} s` };
}

/** The reason that a command gives on stderr before it fails. */
export function lastLine(text: string): string {
  return text.trim().split("\n").at(-1) || "it prints no reason";
}
