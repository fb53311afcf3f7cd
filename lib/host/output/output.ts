/** tandem's own stdout and stderr. A reader who does not read must never hold up the supervision. */

import type { OutputFacts, Outputs } from "../../plan/output_plan.ts";
import type { Clock } from "../system/clock.ts";
import { isNonBlocking } from "../system/limits.ts";
import { canReopen } from "./reopenable.ts";
import { type Output, Sink, type SinkEvents } from "./sink.ts";
import type { StreamName } from "../../plan/output_plan.ts";

export type Sinks = Record<StreamName, Sink>;

const encoder = new TextEncoder();

/** @param eventsOf an output's, by its name: "stdout", "stderr", or both where they are one */
export function openSinks(clock: Clock, eventsOf: (name: string) => SinkEvents): Sinks {
  const sink = (fd: 1 | 2, name: string) => new Sink(outputOf(fd), clock, eventsOf(name));
  // With 2>&1 two writers would get into each other's lines where a pipe is full.
  if (isSameFile(statOf(1), statOf(2))) {
    const both = sink(1, "stdout and stderr");
    return { stdout: both, stderr: both };
  }
  return { stdout: sink(1, "stdout"), stderr: sink(2, "stderr") };
}

/** So much goes into a pipe or a socket as a whole or not at all (pipe(7), PIPE_BUF). */
const WHOLE_BYTES = 4096;

function outputOf(fd: 1 | 2): Output {
  const output = fd === 1 ? Deno.stdout : Deno.stderr;
  return {
    // Where whoever shares the description made it non-blocking, Deno writes all or fails, without a word of how
    // much it wrote before it failed.
    write: (bytes) => output.write(isNonBlocking(fd) ? bytes.subarray(0, WHOLE_BYTES) : bytes),
  };
}

export function inspectOutputs(): Outputs {
  return { stdout: lookAt(1), stderr: lookAt(2) };
}

function lookAt(fd: 1 | 2): OutputFacts {
  const isTerminal = Deno[fd === 1 ? "stdout" : "stderr"].isTerminal();
  const owner = statOf(fd)?.uid;
  const whose = owner === null || owner === undefined || owner === Deno.uid()
    ? ""
    : ` of user ${owner}`;
  const what = isTerminal ? "a terminal" : kindOf(statOf(fd));
  return { what: what + whose, isTerminal, canReopen: canReopen(fd) };
}

/** Nothing where /proc is not there to ask. */
function statOf(fd: number): Deno.FileInfo | undefined {
  try {
    return Deno.statSync(`/proc/self/fd/${fd}`);
  } catch {
    return undefined;
  }
}

function isSameFile(a: Deno.FileInfo | undefined, b: Deno.FileInfo | undefined): boolean {
  return a !== undefined && b !== undefined && a.dev === b.dev && a.ino === b.ino;
}

function kindOf(info: Deno.FileInfo | undefined): string {
  if (!info) return "unknown";
  if (info.isFifo) return "a pipe";
  if (info.isSocket) return "a socket";
  return info.isFile ? "a file" : "a device";
}

/**
 * For what a command was asked to print.
 * @returns false when nobody reads it any more, as behind `| head`: no reason to fail
 */
export function writeToStdout(text: string): boolean {
  return writeAllSync(Deno.stdout, encoder.encode(text));
}

/** For the one line of a command that comes to nothing; a run's own lines go through its sink. */
export function writeToStderr(text: string): void {
  writeAllSync(Deno.stderr, encoder.encode(text));
}

function writeAllSync(
  output: { writeSync(bytes: Uint8Array): number },
  bytes: Uint8Array,
): boolean {
  try {
    for (let sent = 0; sent < bytes.length;) sent += output.writeSync(bytes.subarray(sent));
    return true;
  } catch (error) {
    if (error instanceof Deno.errors.BrokenPipe) return false;
    throw error;
  }
}
