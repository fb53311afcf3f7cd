/** Finds the running tandem through its state file. */

import { formatError } from "../../plan/format.ts";
import { readUser } from "../process/tree.ts";
import { stateFilePath } from "./file.ts";
import { isAlive } from "./identity.ts";
import { lockState, stateLockPath } from "./instance_lock.ts";
import { parseState, type State } from "./schema.ts";

export type InstanceLookup =
  | { kind: "running"; state: State }
  /** Left by a tandem that died before it could remove the file. */
  | { kind: "stale"; state: State }
  | { kind: "none" }
  | { kind: "unreadable"; reason: string };

export function findInstance(folder: string): InstanceLookup {
  const path = stateFilePath(folder);
  let text: string;
  let owner: number | null;
  try {
    const info = Deno.statSync(path);
    // Reading a FIFO that somebody put there could take forever.
    if (!info.isFile) return { kind: "unreadable", reason: `${path} is not a regular file` };
    owner = info.uid;
    text = Deno.readTextFileSync(path);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return { kind: "none" };
    return { kind: "unreadable", reason: `cannot read ${path}: ${formatError(error)}` };
  }
  try {
    const state = parseState(text);
    // The lock decides: a pid of another pid namespace can be that of any process here, such as PID 1.
    const isFree = lockState(stateLockPath(folder)).kind === "free";
    if (state.pid === Deno.pid || isFree || !isAlive(state)) return { kind: "stale", state };
    // Otherwise another user could write a file that makes root signal any process.
    if (owner !== 0 && owner !== readUser(state.pid)) {
      throw new Error(`pid ${state.pid} belongs to another user than the file`);
    }
    return { kind: "running", state };
  } catch (error) {
    const reason = (error as Error).message;
    return { kind: "unreadable", reason: `${path} is not a state file of this tandem: ${reason}` };
  }
}
