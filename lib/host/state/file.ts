/** Writes the state and pid files of a run. */

import { removeIfExists, writeAtomically } from "../files/files.ts";
import { readStat } from "../process/stat.ts";
import { stateLockPath, takeLock } from "./instance_lock.ts";
import type { ProcessIdentity, State } from "./schema.ts";

export interface StateFile {
  write(state: Omit<State, keyof ProcessIdentity>): void;
  remove(): void;
}

/**
 * Holds the folder's lock until the files are removed.
 * @throws {LockRefused} if another tandem uses the folder
 * @throws the file system's error if the folder cannot be made or written
 */
export async function openStateFile(folder: string): Promise<StateFile> {
  Deno.mkdirSync(folder, { recursive: true, mode: 0o755 });
  const lock = await takeLock(stateLockPath(folder));
  let isOpen = true;
  const self = identifyProcess(Deno.pid);
  try {
    writeAtomically(`${folder}/tandem.pid`, `${self.pid}\n`);
  } catch (error) {
    lock[Symbol.dispose]();
    throw error;
  }
  return {
    write(state) {
      try {
        writeAtomically(stateFilePath(folder), `${JSON.stringify({ ...self, ...state })}\n`);
      } catch {
        // Serving goes on even if the disk is full. The next change is written again.
      }
    },
    remove() {
      if (!isOpen) return;
      for (const name of ["state.json", "tandem.pid"]) removeIfExists(`${folder}/${name}`);
      isOpen = false;
      lock[Symbol.dispose]();
    },
  };
}

export function identifyProcess(pid: number): ProcessIdentity {
  return { pid, startTicks: readStat(pid)?.startTicks ?? 0 };
}

/** Whether this process is alive, and not a later one with its pid. */
export function isAlive({ pid, startTicks }: ProcessIdentity): boolean {
  return readStat(pid)?.startTicks === startTicks;
}

export function stateFilePath(folder: string): string {
  return `${folder}/state.json`;
}
