/** Finds the running tandem that a command works on. */

import { findInstance, type Reach } from "../host/state/instance.ts";
import type { State } from "../host/state/schema.ts";
import { stateLockPath } from "../host/state/instance_lock.ts";
import type { Invocation } from "../plan/settings.ts";

export type RunningTandem =
  | {
    kind: "running";
    folder: string;
    state: State;
    /** Why its processes cannot be seen or signalled, and what to do; absent if they can. */
    unseen?: string;
  }
  | { kind: "none"; reason: string };

/** Only root can create it, so its files can be trusted. */
const SHARED_FOLDER = "/run/tandem";

/** Searches the folder of `--state-dir`; by default also that of a tandem that root started. */
export function findRunning({ settings: { stateDir }, report }: Invocation): RunningTandem {
  const isDefault = report.some(({ flag, origin }) =>
    flag === "state-dir" && origin.kind === "default"
  );
  const folders = isDefault ? [...new Set([stateDir, SHARED_FOLDER])] : [stateDir];
  const reasons: string[] = [];
  for (const folder of folders) {
    const found = findInstance(folder);
    switch (found.kind) {
      case "running":
        return { kind: "running", folder, state: found.state, unseen: whyUnseen(found, folder) };
      case "stale":
        reasons.push(
          `${folder}/state.json is left from pid ${found.state.pid}, which has exited ` +
            `(${found.state.phase}, started ${found.state.startedAt}); the next start replaces it`,
        );
        break;
      case "unreadable":
        reasons.push(found.reason);
    }
  }
  const noFile = `no state file in ${
    folders.join(" or ")
  }; was it started with another --state-dir?`;
  return { kind: "none", reason: `not running: ${reasons[0] ?? noFile}` };
}

function whyUnseen(
  { state: { pid }, reach }: { state: State; reach: Reach },
  folder: string,
): string | undefined {
  switch (reach) {
    case "visible":
      return undefined;
    case "hidden":
      return `/proc hides pid ${pid} from this user: run this command as root, or as tandem's user`;
    case "elsewhere":
      return `${stateLockPath(folder)} is held, but pid ${pid} is not in this pid namespace: ` +
        "run this command in tandem's container";
  }
}
