/** Keeps and finds what a run writes down of itself. */

import { errorInWords } from "../plan/in_words.ts";
import { removeIfThere, writeWhole } from "./files.ts";
import { readStat } from "./process_stat.ts";
import { readUser } from "./process_tree.ts";
import { type Identity, parseState, type State } from "./state_shape.ts";

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

export type Found =
  | { kind: "running"; state: State }
  /** What a tandem left that did not come to its end. */
  | { kind: "stale"; state: State }
  | { kind: "none" }
  | { kind: "unreadable"; reason: string };

/** What the state file in a folder says, and whether that is still so. */
export function findInstance(folder: string): Found {
  const path = pathIn(folder);
  let text: string;
  let owner: number | null;
  try {
    owner = Deno.statSync(path).uid;
    text = Deno.readTextFileSync(path);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return { kind: "none" };
    return { kind: "unreadable", reason: `cannot read ${path}: ${errorInWords(error)}` };
  }
  try {
    const state = parseState(text);
    if (state.pid === Deno.pid || !isAlive(state)) return { kind: "stale", state };
    // Whoever could have it name another's process would have root stop that one.
    if (owner !== 0 && owner !== readUser(state.pid)) {
      throw new Error(`pid ${state.pid} belongs to another user than the file`);
    }
    return { kind: "running", state };
  } catch (error) {
    const reason = (error as Error).message;
    return { kind: "unreadable", reason: `${path} is not a state file of this tandem: ${reason}` };
  }
}

/**
 * The pid of the tandem that lives on this folder; nothing when there is none, or only what a dead one left. Of
 * whichever version it is: no more than these two fields are asked for.
 */
export function readLivingInstance(folder: string): number | undefined {
  try {
    const { pid, startTicks }: Identity = JSON.parse(Deno.readTextFileSync(pathIn(folder)));
    const lives = startTicks !== undefined && isAlive({ pid, startTicks });
    return lives && pid !== Deno.pid ? pid : undefined;
  } catch {
    return undefined;
  }
}

function pathIn(folder: string): string {
  return `${folder}/state.json`;
}
