/** Finds what a run has written down of itself, for the commands that are about it. */

import { formatError } from "../../plan/format.ts";
import { readUser } from "../process/tree.ts";
import { isAlive, stateFilePath } from "./file.ts";
import { parseState, type State } from "./schema.ts";

export type InstanceLookup =
  | { kind: "running"; state: State }
  /** What a tandem left that did not come to its end. */
  | { kind: "stale"; state: State }
  | { kind: "none" }
  | { kind: "unreadable"; reason: string };

/** What the state file in a folder says, and whether that is still so. */
export function findInstance(folder: string): InstanceLookup {
  const path = stateFilePath(folder);
  let text: string;
  let owner: number | null;
  try {
    owner = Deno.statSync(path).uid;
    text = Deno.readTextFileSync(path);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return { kind: "none" };
    return { kind: "unreadable", reason: `cannot read ${path}: ${formatError(error)}` };
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
