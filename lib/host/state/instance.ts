/** Finds the running tandem through its state file. */

import { formatError } from "../../plan/format.ts";
import { readUser } from "../process/tree.ts";
import { stateFilePath } from "./file.ts";
import { livenessOf } from "./identity.ts";
import { isHeldBy, lockState, stateLockPath } from "./instance_lock.ts";
import { parseState, type ProcessIdentity, type State } from "./schema.ts";

/**
 * `hidden`: /proc does not show the process to this user. `elsewhere`: its lock is held, and there is no such process in
 * this pid namespace, or /proc shows another one.
 */
export type Reach = "visible" | "hidden" | "elsewhere";

export type InstanceLookup =
  | { kind: "running"; state: State; reach: Reach }
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
    const reach = reachOf(state, stateLockPath(folder));
    if (reach === undefined) return { kind: "stale", state };
    // No signal is sent to a process that is not visible.
    if (reach !== "visible") return { kind: "running", state, reach };
    // Otherwise another user could write a file that makes root signal any process.
    if (owner !== 0 && owner !== readUser(state.pid)) {
      throw new Error(`pid ${state.pid} belongs to another user than the file`);
    }
    return { kind: "running", state, reach };
  } catch (error) {
    const reason = (error as Error).message;
    return { kind: "unreadable", reason: `${path} is not a state file of this tandem: ${reason}` };
  }
}

/** `undefined` if it has exited. The lock decides: a pid of another pid namespace can be that of any process here. */
function reachOf(identity: ProcessIdentity, lock: string): Reach | undefined {
  // Before the lock, because a process that exits gives it up first.
  const liveness = identity.pid === Deno.pid ? "gone" : livenessOf(identity);
  if (lockState(lock).kind === "free") return undefined;
  if (liveness === "gone") return isHeldBy(lock, identity) ? "elsewhere" : undefined;
  return liveness === "hidden" ? "hidden" : "visible";
}

/** Whether it has not exited yet, whatever /proc shows. */
export function stillRuns(folder: string, identity: ProcessIdentity): boolean {
  // In the /proc of another pid namespace its pid may be that of any process.
  const isShown = isOwnProc() && livenessOf(identity) !== "gone";
  return isShown || isHeldBy(stateLockPath(folder), identity);
}

function isOwnProc(): boolean {
  try {
    return Deno.readLinkSync("/proc/self") === `${Deno.pid}`;
  } catch {
    return false;
  }
}
