/** A process of the tree is stopped by SIGSTOP. */

import { killByPid } from "../../../support/machine/process_table.ts";
import { pause } from "../../../support/waiting.ts";
import type { Fault } from "../fault.ts";
import { runRoles } from "../../../../lib/status/metrics_table.ts";
import { findRole, type Role } from "../roles.ts";
import { nameOf } from "./kills.ts";
import { isSlim } from "../setup.ts";

const LONGEST_MS = 1500;

function freezing(role: Role): Fault {
  return {
    name: `SIGSTOP, then SIGCONT to ${nameOf(role)}`,
    expects: {},
    applies: (setup) => role !== "guardian" || (isSlim(setup) && setup.mode === "ordinary process"),
    async inject({ launcher, random, note }) {
      const pids = findRole(launcher, role);
      // Another fault may have killed it.
      if (pids.length === 0) return note(`no ${role} left`);
      const pid = random.pick(pids);
      killByPid(pid, "SIGSTOP");
      await pause(random.between(50, LONGEST_MS));
      killByPid(pid, "SIGCONT");
    },
  };
}

function freezingForGood(role: Role): Fault {
  return {
    name: `SIGSTOP to ${nameOf(role)}, until the end`,
    expects: { holdsStop: true, losesRequests: true, cannotServe: true },
    inject({ launcher, random, note }) {
      const pids = findRole(launcher, role);
      if (pids.length === 0) note(`no ${role} left`);
      else killByPid(random.pick(pids), "SIGSTOP");
      return Promise.resolve();
    },
  };
}

export const freezeFaults: readonly Fault[] = [
  ...runRoles.map(freezing),
  ...runRoles.filter((role) => /nginx|gunicorn/.test(role)).map(freezingForGood),
];
