/** Writes the state and pid files of a run. */

import { createFolder, removeIfExists, writeAtomically } from "../files/files.ts";
import { readTextIfExists } from "../system/if_exists.ts";
import { readStat } from "../process/stat.ts";
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
export async function openStateFile(folder: string): Promise<StateFile> {
  createFolder(folder);
  const lock = await takeLock(stateLockPath(folder));
  let isOpen = true;
  const self = identifyProcess(Deno.pid);
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
  if (readTextIfExists(path) === text) removeIfExists(path);
}

export function identifyProcess(pid: number): ProcessIdentity {
  return { pid, startTicks: readStat(pid)?.startTicks ?? 0 };
}

/** Whether this process is alive, and not a later one with its pid. */
export function isAlive({ pid, startTicks }: ProcessIdentity): boolean {
  return readStat(pid)?.startTicks === startTicks;
}

export function pidFilePath(folder: string): string {
  return `${folder}/tandem.pid`;
}

export function stateFilePath(folder: string): string {
  return `${folder}/state.json`;
}
