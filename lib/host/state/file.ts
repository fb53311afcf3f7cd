/** Keeps what a run writes down of itself. */

import { exists, removeIfThere, writeWhole } from "../files/files.ts";
import { readStat } from "../process/stat.ts";
import type { Identity, State } from "./schema.ts";

export interface StateFile {
  write(state: Omit<State, keyof Identity>): void;
  remove(): void;
}

/** @throws the file system's error when the folder cannot be had */
export function openStateFile(folder: string): StateFile {
  Deno.mkdirSync(folder, { recursive: true, mode: 0o755 });
  const self = identify(Deno.pid);
  writeWhole(`${folder}/tandem.pid`, `${self.pid}\n`);
  return {
    write(state) {
      try {
        writeWhole(pathIn(folder), `${JSON.stringify({ ...self, ...state })}\n`);
      } catch {
        // A disk that is full now is no reason to stop serving; the next change tries again.
      }
    },
    remove() {
      for (const name of ["state.json", "tandem.pid"]) removeIfThere(`${folder}/${name}`);
    },
  };
}

export function identify(pid: number): Identity {
  return { pid, startTicks: readStat(pid)?.startTicks ?? 0 };
}

/** Whether that very process is still there, and not a later one with its pid. */
export function isAlive({ pid, startTicks }: Identity): boolean {
  return readStat(pid)?.startTicks === startTicks;
}

/**
 * The pid of the tandem that lives on this folder; nothing when there is none, or only what a dead one left. Of
 * whichever version it is: no more than these two fields are asked for.
 */
export function readLivingInstance(folder: string): number | undefined {
  const path = `${folder}/state.json`;
  if (!exists(path)) return undefined;
  try {
    const { pid, startTicks }: Identity = JSON.parse(Deno.readTextFileSync(path));
    const lives = startTicks !== undefined && isAlive({ pid, startTicks });
    return lives && pid !== Deno.pid ? pid : undefined;
  } catch {
    return undefined;
  }
}

export function pathIn(folder: string): string {
  return `${folder}/state.json`;
}
