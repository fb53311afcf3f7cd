/** tandem's own lines. A reader who does not read must never hold up the supervision. */

import { happensWithin, monotonicClock } from "./clock.ts";

const encoder = new TextEncoder();

/** Beyond this much unwritten text new lines are dropped: somebody who reads again wants the present. */
const MOST_PENDING_BYTES = 64 * 1024;

let pendingBytes = 0;
let written: Promise<void> = Promise.resolve();

/** Writes in order, in the background. */
export function writeToStderr(text: string): void {
  const bytes = encoder.encode(text);
  if (pendingBytes + bytes.length > MOST_PENDING_BYTES) return;
  pendingBytes += bytes.length;
  written = written.then(() => writeAll(bytes)).catch(() => {}).finally(() => {
    pendingBytes -= bytes.length;
  });
}

async function writeAll(bytes: Uint8Array): Promise<void> {
  for (let sent = 0; sent < bytes.length;) sent += await Deno.stderr.write(bytes.subarray(sent));
}

/** Long enough for any reader who reads; the exit must not hang on one who does not. */
const FLUSH_MS = 1000;

/** Waits until all is written, but not for ever. */
export async function flushStderr(): Promise<void> {
  await happensWithin(monotonicClock, FLUSH_MS, written);
}

/** For what a command was asked to print. A reader who has seen enough, `| head -1`, is no error. */
export function writeToStdout(text: string): void {
  const bytes = encoder.encode(text);
  try {
    for (let sent = 0; sent < bytes.length;) sent += Deno.stdout.writeSync(bytes.subarray(sent));
  } catch (error) {
    if (!(error instanceof Deno.errors.BrokenPipe)) throw error;
  }
}
