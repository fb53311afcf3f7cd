/** Writes the state and pid files of a run. */

import { createFolder, readTextFile, writeAtomically } from "../files/files.ts";
import { identifyProcess, readBootId } from "./identity.ts";
import { type FileLock, stateLockPath, takeLock } from "./instance_lock.ts";
import type { ProcessIdentity, State } from "./schema.ts";

export interface StateFile {
  write(state: Omit<State, keyof ProcessIdentity | "bootId">): void;
  /** Removes what this run wrote. @throws the file system's error */
  remove(): void;
}

/**
 * Holds the folder's lock until the files are removed.
 * @throws {LockRefused} if another tandem uses the folder
 * @throws the file system's error if the folder cannot be made or written
 */
export async function openStateFile(
  folder: string,
  self = identifyProcess(Deno.pid),
): Promise<StateFile & { lock: FileLock }> {
  createFolder(folder);
  const lock = await takeLock(stateLockPath(folder), self);
  let isOpen = true;
  let bootId: string | undefined;
  const pidText = `${self.pid}\n`;
  let stateText = "";
  try {
    writeAtomically(pidFilePath(folder), pidText);
  } catch (error) {
    lock[Symbol.dispose]();
    throw error;
  }
  return {
    lock,
    write(state) {
      // No start waits for it: gunicorn runs when this is called first.
      bootId ??= readBootId();
      const text = `${JSON.stringify({ ...self, bootId, ...state })}\n`;
      try {
        writeAtomically(stateFilePath(folder), text);
        stateText = text;
      } catch {
        // Serving goes on even if the disk is full. The next change is written again.
      }
    },
    remove() {
      if (!isOpen) return;
      isOpen = false;
      try {
        removeIfUnchanged(stateFilePath(folder), stateText);
      } finally {
        try {
          removeIfUnchanged(pidFilePath(folder), pidText);
        } finally {
          lock[Symbol.dispose]();
        }
      }
    },
  };
}

/** Another process may have put a file of its own there. @throws the file system's error, unless the file is missing */
function removeIfUnchanged(path: string, text: string): void {
  try {
    // Reading a FIFO that somebody put there could take forever.
    if (!Deno.lstatSync(path).isFile) return;
    if (readTextFile(path) === text) Deno.removeSync(path);
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  }
}

export function pidFilePath(folder: string): string {
  return `${folder}/tandem.pid`;
}

export function stateFilePath(folder: string): string {
  return `${folder}/state.json`;
}
