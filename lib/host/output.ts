/** tandem's own stdout and stderr. A reader who does not read must never hold up the supervision. */

import type { OutputFacts, RelayFormat } from "../plan/output_plan.ts";
import type { Clock } from "./clock.ts";
import {
  asItIs,
  asJson,
  type Format,
  type Source,
  type StreamName,
  withPrefix,
} from "./line_formats.ts";
import { canReopen } from "./reopenable.ts";
import { Sink } from "./sink.ts";
import { wantsColour } from "./terminal.ts";

export type Sinks = Record<StreamName, Sink>;

const encoder = new TextEncoder();

/** @param onMoving told which output dropped how many lines, once its reader reads again */
export function openSinks(
  clock: Clock,
  onMoving: (stream: StreamName, dropped: number) => void,
): Sinks {
  return {
    stdout: new Sink(Deno.stdout, clock, (dropped) => onMoving("stdout", dropped)),
    stderr: new Sink(Deno.stderr, clock, (dropped) => onMoving("stderr", dropped)),
  };
}

export function lookAtOutputs(): OutputFacts {
  return {
    isTerminal: Deno.stdout.isTerminal() || Deno.stderr.isTerminal(),
    canReopen: canReopen(1) && canReopen(2),
  };
}

export function formatFor(format: RelayFormat): (source: Source) => Format {
  switch (format) {
    case "as it is":
      return () => asItIs;
    case "prefix":
      return (source) => withPrefix(source, wantsColour(source.stream));
    case "json":
      return (source) => asJson(source, Date.now);
  }
}

/**
 * For what a command was asked to print.
 * @returns false when nobody reads it any more, as behind `| head`: no reason to fail
 */
export function writeToStdout(text: string): boolean {
  try {
    writeAllSync(Deno.stdout, encoder.encode(text));
    return true;
  } catch (error) {
    if (error instanceof Deno.errors.BrokenPipe) return false;
    throw error;
  }
}

/** For the one line of a command that comes to nothing; a run's own lines go through its sink. */
export function writeToStderr(text: string): void {
  writeAllSync(Deno.stderr, encoder.encode(text));
}

function writeAllSync(output: { writeSync(bytes: Uint8Array): number }, bytes: Uint8Array): void {
  for (let sent = 0; sent < bytes.length;) sent += output.writeSync(bytes.subarray(sent));
}
