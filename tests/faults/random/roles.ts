/** Finds the processes of a running tandem by the part that they play. */

import { runRoles } from "../../../lib/status/metrics_table.ts";
import type { Launcher } from "../../support/launcher.ts";
import {
  argumentsOf,
  isAlive,
  type ProcessEntry,
  processes,
  read,
} from "../../support/machine/process_table.ts";

export type Role = (typeof runRoles)[number];

/** `undefined` for what tandem runs for a moment, such as nginx's test of its conf, and for orphans. */
export function roleOf(
  { pid, parent, name }: ProcessEntry,
  tandem: number,
  table: readonly ProcessEntry[],
): Role | undefined {
  if (pid === tandem) return "tandem";
  const isChild = parent === tandem;
  if (isChild && name === "tandem-guardian") return "guardian";
  // An orphan of the app has the same name.
  if (isChild && name === "gunicorn") return isGroupLeader(pid) ? "gunicorn master" : undefined;
  // nginx's test has the same name, but never this title.
  if (isChild && isNginxMaster(pid)) return "nginx master";
  const above = table.find((entry) => entry.pid === parent);
  if (above?.parent !== tandem) return undefined;
  if (above.name === "gunicorn" && name === "gunicorn") return "gunicorn worker";
  return name === "nginx" && isNginxMaster(parent) ? "nginx worker" : undefined;
}

/** The pids of those that are alive. */
export function findRole({ pid: tandem }: Launcher, role: Role): number[] {
  const table = processes();
  return table
    .filter((entry) => roleOf(entry, tandem, table) === role && isAlive(entry.pid))
    .map(({ pid }) => pid);
}

function isNginxMaster(pid: number): boolean {
  return argumentsOf(pid)[0]?.startsWith("nginx: master process") ?? false;
}

function isGroupLeader(pid: number): boolean {
  const [, group] = /\) \S \d+ (\d+)/.exec(read(pid, "stat") ?? "") ?? [];
  return Number(group) === pid;
}
