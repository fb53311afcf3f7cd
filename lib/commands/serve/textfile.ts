/** Keeps a file of metrics for the textfile collector of a node exporter while the pair runs. */

import { removeIfExists, writeAtomically } from "../../host/files/files.ts";
import { type FileLock, takeLock, textfileLockPath } from "../../host/state/instance_lock.ts";
import type { ProcessIdentity, State } from "../../host/state/schema.ts";
import type { Clock } from "../../host/system/clock.ts";
import { lstatIfExists, readTextIfExists } from "../../host/system/if_exists.ts";
import type { Log } from "../../log.ts";
import { formatError } from "../../plan/format.ts";
import { METRICS_MARK, metricsText } from "../../status/metrics.ts";
import { takeSnapshot } from "../../status/view.ts";

const WRITE_EVERY_MS = 10_000;
/** A larger one is not tandem's, and is not read. */
const LARGEST_BYTES = 256 * 1024;

export interface Textfile {
  /** Writes the file now; without this it is written every 10 s. */
  update(): void;
  /** Removes the file: what it says would be wrong from now on. */
  close(): Promise<void>;
}

export interface TextfileDependencies {
  clock: Clock;
  log: Log;
  self: ProcessIdentity;
  stateDir: string;
  /** `undefined` if there is nothing to say any more. */
  readState(): State | undefined;
}

/**
 * What prevents a write is a warning, once, and the next write is tried all the same: the disk may have room again, or the
 * tandem that wrote the file has exited, as in a rolling update.
 */
export function openTextfile(
  path: string,
  { clock, log, self, stateDir: folder, readState }: TextfileDependencies,
): Textfile {
  const closing = new AbortController();
  let lock: FileLock | undefined;
  let complaint: string | undefined;
  let lastWrite = Promise.resolve();
  const update = () => lastWrite = lastWrite.then(write);

  async function write(): Promise<void> {
    const state = readState();
    if (!state || closing.signal.aborted) return;
    try {
      refuseStrangers(path);
      lock ??= await takeLock(textfileLockPath(path), self);
      writeAtomically(path, metricsText(takeSnapshot({ state, folder })[0]));
      complaint = undefined;
    } catch (error) {
      const reason = formatError(error);
      if (reason === complaint) return;
      complaint = reason;
      log.warning("textfile", `cannot write metrics to ${path}: ${reason}: tried again every 10 s`);
    }
  }

  async function keepWriting(): Promise<void> {
    while (!closing.signal.aborted) {
      await update();
      await clock.sleep(WRITE_EVERY_MS, closing.signal).catch(() => {});
    }
  }

  keepWriting();
  return {
    update,
    async close() {
      // An abort without a reason would cost a stack trace.
      closing.abort("the run has ended");
      await lastWrite;
      if (!lock) return;
      using _lock = lock;
      if (!isMissing(path) && hasText(path, isMetrics)) removeIfExists(path);
    },
  };
}

/** @throws an error that names what is not tandem's */
function refuseStrangers(path: string): void {
  const own: [path: string, isOwn: (text: string) => boolean][] = [
    [path, isMetrics],
    // Of a tandem that was killed: perhaps only the beginning.
    [`${path}.new`, (text) => isMetrics(text) || METRICS_MARK.startsWith(text)],
    [textfileLockPath(path), (text) => /^[\d\s]*$/.test(text)],
  ];
  for (const [path, isOwn] of own) {
    if (isMissing(path) || hasText(path, isOwn)) continue;
    throw new Error(`${path} exists, and tandem did not write it`);
  }
}

function isMetrics(text: string): boolean {
  return text.startsWith(METRICS_MARK);
}

function isMissing(path: string): boolean {
  return lstatIfExists(path) === undefined;
}

/** Whether it is a regular file, and its text passes. Reading a pipe could take forever. */
function hasText(path: string, passes: (text: string) => boolean): boolean {
  const info = lstatIfExists(path);
  if (!info?.isFile || info.size > LARGEST_BYTES) return false;
  const text = readTextIfExists(path);
  return text !== undefined && passes(text);
}
