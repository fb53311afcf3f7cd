/** Keeps what a run writes down of itself. */

import { exists, removeIfExists, writeAtomically } from "../files/files.ts";
import { readStat } from "../process/stat.ts";
import type { ProcessIdentity, State } from "./schema.ts";

export interface StateFile {
  write(state: Omit<State, keyof ProcessIdentity>): void;
  remove(): void;
}

/** @throws the file system's error when the folder cannot be had */
export function openStateFile(folder: string): StateFile {
  Deno.mkdirSync(folder, { recursive: true, mode: 0o755 });
  const self = identifyProcess(Deno.pid);
  writeAtomically(`${folder}/tandem.pid`, `${self.pid}\n`);
  return {
    write(state) {
      try {
        writeAtomically(stateFilePath(folder), `${JSON.stringify({ ...self, ...state })}\n`);
      } catch {
        // A disk that is full now is no reason to stop serving; the next change tries again.
      }
    },
    remove() {
      for (const name of ["state.json", "tandem.pid"]) removeIfExists(`${folder}/${name}`);
    },
  };
}

export function identifyProcess(pid: number): ProcessIdentity {
  return { pid, startTicks: readStat(pid)?.startTicks ?? 0 };
}

/** Whether that very process is still there, and not a later one with its pid. */
export function isAlive({ pid, startTicks }: ProcessIdentity): boolean {
  return readStat(pid)?.startTicks === startTicks;
}

/**
 * The pid of the tandem that lives on this folder; nothing when there is none, or only what a dead one left. Of
 * whichever version it is: no more than these two fields are asked for.
 */
export function readRunningPid(folder: string): number | undefined {
  const path = `${folder}/state.json`;
  if (!exists(path)) return undefined;
  try {
    const { pid, startTicks }: ProcessIdentity = JSON.parse(Deno.readTextFileSync(path));
    const lives = startTicks !== undefined && isAlive({ pid, startTicks });
    return lives && pid !== Deno.pid ? pid : undefined;
  } catch {
    return undefined;
  }
}

export function stateFilePath(folder: string): string {
  return `${folder}/state.json`;
}
