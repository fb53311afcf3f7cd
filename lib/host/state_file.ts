/** What other commands, and people, can learn of the running pair. */

import { exists, removeIfThere, writeWhole } from "./files.ts";
import { readStat } from "./process_stat.ts";

/** Written as JSON, anew at each change of phase. */
export interface State {
  version: string;
  pid: number;
  startTicks: number;
  phase: string;
  /** By the wall clock, ISO 8601. */
  startedAt: string;
  nginx: number | undefined;
  gunicorn: number | undefined;
  /** Milliseconds from the start to each step. */
  timeline: Record<string, number>;
}

export interface StateFile {
  write(state: Omit<State, "pid" | "startTicks">): void;
  remove(): void;
}

/** @throws the file system's error when the folder cannot be had */
export function openStateFile(folder: string): StateFile {
  Deno.mkdirSync(folder, { recursive: true, mode: 0o755 });
  const pid = Deno.pid;
  const startTicks = readStat(pid)?.startTicks ?? 0;
  writeWhole(`${folder}/tandem.pid`, `${pid}\n`);
  return {
    write(state) {
      try {
        writeWhole(`${folder}/state.json`, `${JSON.stringify({ pid, startTicks, ...state })}\n`);
      } catch {
        // A disk that is full now is no reason to stop serving; the next phase tries again.
      }
    },
    remove() {
      for (const name of ["state.json", "tandem.pid"]) removeIfThere(`${folder}/${name}`);
    },
  };
}

/** The pid of the tandem that lives on this folder; nothing when there is none, or only what a dead one left. */
export function readLivingInstance(folder: string): number | undefined {
  const path = `${folder}/state.json`;
  if (!exists(path)) return undefined;
  try {
    const { pid, startTicks }: State = JSON.parse(Deno.readTextFileSync(path));
    const lives = startTicks !== undefined && readStat(pid)?.startTicks === startTicks;
    return lives && pid !== Deno.pid ? pid : undefined;
  } catch {
    return undefined;
  }
}
