/** Writes the state and pid files of a run, and tells whether the process that wrote them is alive. */

import { createFolder, exists, removeIfExists, writeAtomically } from "../files/files.ts";
import { readTextIfExists } from "../system/if_exists.ts";
import { readStat } from "../process/stat.ts";
import type { ProcessIdentity, State } from "./schema.ts";

export interface StateFile {
  write(state: Omit<State, keyof ProcessIdentity>): void;
  /** Removes what this run wrote. @throws the file system's error */
  remove(): void;
}

/** @throws the file system's error if the folder cannot be made or written */
export function openStateFile(folder: string): StateFile {
  createFolder(folder);
  const self = identifyProcess(Deno.pid);
  const pidText = `${self.pid}\n`;
  let stateText = "";
  writeAtomically(pidFilePath(folder), pidText);
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
      removeIfUnchanged(stateFilePath(folder), stateText);
      removeIfUnchanged(pidFilePath(folder), pidText);
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

/**
 * Reads only the identity, so it works for a tandem of any version.
 * @returns the pid of another living tandem that uses this folder; `undefined` if there is none
 */
export function readRunningPid(folder: string): number | undefined {
  const path = `${folder}/state.json`;
  if (!exists(path)) return undefined;
  try {
    const { pid, startTicks }: ProcessIdentity = JSON.parse(Deno.readTextFileSync(path));
    const alive = startTicks !== undefined && isAlive({ pid, startTicks });
    return alive && pid !== Deno.pid ? pid : undefined;
  } catch {
    return undefined;
  }
}

export function pidFilePath(folder: string): string {
  return `${folder}/tandem.pid`;
}

export function stateFilePath(folder: string): string {
  return `${folder}/state.json`;
}
