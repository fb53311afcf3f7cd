/** Opens, inspects and writes tandem's own stdout and stderr. */

import type { OutputFacts, Outputs, StreamName } from "../../plan/output_plan.ts";
import { LAST_OUTPUT_MS } from "../../plan/stop_times.ts";
import { type Clock, monotonicClock } from "../system/clock.ts";
import { isSameFile, statDescriptor } from "../system/if_exists.ts";
import { isNonBlocking } from "../system/limits.ts";
import { canReopen } from "./reopenable.ts";
import { type Output, Sink, type SinkEvents } from "./sink.ts";

export type Sinks = Record<StreamName, Sink>;

const encoder = new TextEncoder();

/** @param eventsOf given "stdout", "stderr", or "stdout and stderr" if they are one file */
export function openSinks(clock: Clock, eventsOf: (name: string) => SinkEvents): Sinks {
  const sink = (fd: 1 | 2, name: string) => new Sink(outputOf(fd), clock, eventsOf(name));
  // After 2>&1, two writers on a full pipe would interrupt each other's lines.
  if (isSameFile(statDescriptor(1), statDescriptor(2))) {
    const both = sink(1, "stdout and stderr");
    return { stdout: both, stderr: both };
  }
  return { stdout: sink(1, "stdout"), stderr: sink(2, "stderr") };
}

/** Of all inputs since the start. */
export function countSinkLines({ stdout, stderr }: Sinks): Sink["counts"] {
  const sinks = [...new Set([stdout, stderr])];
  const sum = (key: keyof Sink["counts"]) =>
    sinks.reduce((all, { counts }) => all + counts[key], 0);
  return { relayed: sum("relayed"), dropped: sum("dropped") };
}

/** PIPE_BUF: a write of up to this many bytes to a pipe is complete or fails as a whole (pipe(7)). */
const ATOMIC_BYTES = 4096;

function outputOf(fd: 1 | 2): Output {
  const output = fd === 1 ? Deno.stdout : Deno.stderr;
  return {
    // Another process may have made the shared pipe non-blocking. Deno's write then fails on a full pipe without
    // telling how much was written, so write only what fits as a whole.
    write: (bytes) => output.write(isNonBlocking(fd) ? bytes.subarray(0, ATOMIC_BYTES) : bytes),
  };
}

export function inspectOutputs(): Outputs {
  return { stdout: inspect(1), stderr: inspect(2) };
}

function inspect(fd: 1 | 2): OutputFacts {
  const isTerminal = Deno[fd === 1 ? "stdout" : "stderr"].isTerminal();
  const info = statDescriptor(fd);
  const owner = info?.uid ?? Deno.uid();
  const ofOwner = owner === Deno.uid() ? "" : ` of user ${owner}`;
  const what = isTerminal ? "a terminal" : kindOf(info);
  return { what: what + ofOwner, isTerminal, canReopen: canReopen(fd) };
}

function kindOf(info: Deno.FileInfo | undefined): string {
  if (!info) return "unknown";
  if (info.isFifo) return "a pipe";
  if (info.isSocket) return "a socket";
  return info.isFile ? "a file" : "a device";
}

/**
 * Prints the result of a command.
 * @returns false if the reader has closed the pipe, as `| head` does: not an error
 */
export function writeToStdout(text: string | Uint8Array): boolean {
  return writeAllSync(Deno.stdout, typeof text === "string" ? encoder.encode(text) : text);
}

/**
 * Prints a command's error, and gives up after `LAST_OUTPUT_MS` if nothing reads it; the log lines of `serve` go through its
 * own sinks instead.
 */
export async function writeToStderr(text: string): Promise<void> {
  const unheard = () => {};
  const sink = new Sink(outputOf(2), monotonicClock, {
    onResumed: unheard,
    onLost: unheard,
    onClosed: unheard,
  });
  sink.say(text);
  await sink.flush(LAST_OUTPUT_MS);
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
