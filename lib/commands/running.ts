/** Finds the tandem that a command is about. */

import { findInstance } from "../host/state/instance.ts";
import type { State } from "../host/state/schema.ts";
import type { Invocation } from "../plan/settings.ts";

export type Running =
  | { kind: "running"; folder: string; state: State }
  /** Why there is none, in one line. */
  | { kind: "nothing"; reason: string };

/** Only root can make it, so that what lies there can be believed. */
const SHARED_FOLDER = "/run/tandem";

/** In the folder of `--state-dir`; where nobody named one also in the one that a root's tandem keeps. */
export function findRunning({ settings: { stateDir }, report }: Invocation): Running {
  const isDefault = report.some(({ flag, origin }) =>
    flag === "state-dir" && origin.kind === "default"
  );
  const folders = isDefault ? [...new Set([stateDir, SHARED_FOLDER])] : [stateDir];
  const reasons: string[] = [];
  for (const folder of folders) {
    const found = findInstance(folder);
    switch (found.kind) {
      case "running":
        return { kind: "running", folder, state: found.state };
      case "stale":
        reasons.push(
          `${folder}/state.json was left by pid ${found.state.pid}, which is gone ` +
            `(${found.state.phase}, started ${found.state.startedAt}); the next start replaces it`,
        );
        break;
      case "unreadable":
        reasons.push(found.reason);
    }
  }
  const nothing = `no state file in ${folders.join(" or ")}; does it have another --state-dir?`;
  return { kind: "nothing", reason: `nothing runs: ${reasons[0] ?? nothing}` };
}
