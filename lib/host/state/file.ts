/** Writes the state and pid files of a run. */

import { createFolder, removeIfExists, writeAtomically } from "../files/files.ts";
import { lstatIfExists, readTextIfExists } from "../system/if_exists.ts";
import { identifyProcess } from "./identity.ts";
import { stateLockPath, takeLock } from "./instance_lock.ts";
import type { ProcessIdentity, State } from "./schema.ts";

export interface StateFile {
  write(state: Omit<State, keyof ProcessIdentity>): void;
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
): Promise<StateFile> {
  createFolder(folder);
  const lock = await takeLock(stateLockPath(folder), self);
  let isOpen = true;
  const pidText = `${self.pid}\n`;
  let stateText = "";
  try {
    writeAtomically(pidFilePath(folder), pidText);
  } catch (error) {
    lock[Symbol.dispose]();
    throw error;
  }
  return {
    write(state) {
      const text = `${JSON.stringify({ ...self, ...state })}\n`;
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
        removeIfUnchanged(pidFilePath(folder), pidText);
      } finally {
        lock[Symbol.dispose]();
      }
    },
  };
}

/** Another process may have put a file of its own there. */
function removeIfUnchanged(path: string, text: string): void {
  // Reading a FIFO that somebody put there could take forever.
  if (lstatIfExists(path)?.isFile && readTextIfExists(path) === text) removeIfExists(path);
}

export function pidFilePath(folder: string): string {
  return `${folder}/tandem.pid`;
}

export function stateFilePath(folder: string): string {
  return `${folder}/state.json`;
}
