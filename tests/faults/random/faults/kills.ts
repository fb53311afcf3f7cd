/** A process of the tree is killed while the pair serves. */

import { killByPid } from "../../../support/machine/process_table.ts";
import type { Expectation, Fault, Scene } from "../fault.ts";
import { findRole, type Role } from "../roles.ts";
import { isSanitized, isSlim, type Setup } from "../setup.ts";

export type KillSignal = "SIGKILL" | "SIGTERM" | "SIGSEGV";

const SIGNALS: readonly KillSignal[] = ["SIGKILL", "SIGTERM", "SIGSEGV"];
/** 128 + the signal's number, for a master that does not catch it. */
const STATUS: Record<KillSignal, number> = { SIGKILL: 137, SIGTERM: 143, SIGSEGV: 139 };

/** What follows from the end of a process. */
export function expectationOf(role: Role, signal: KillSignal): Expectation {
  switch (role) {
    case "tandem":
      return { killsTandem: true, losesRequests: true };
    case "guardian":
      return {};
    case "nginx worker":
    case "gunicorn worker":
      return { losesRequests: true };
    case "nginx master":
    case "gunicorn master":
      // Both masters end with 0 at a SIGTERM, and tandem makes 1 of it.
      return { losesRequests: true, ends: [signal === "SIGTERM" ? 1 : STATUS[signal]] };
  }
}

/** SIGTERM to tandem is a stop, and no signal but SIGKILL ends a PID 1 that does not catch it. */
export function canKill(role: Role, signal: KillSignal, setup: Setup): boolean {
  const isOrdinary = setup.mode === "ordinary process";
  if (role === "guardian") return isSlim(setup) && isOrdinary;
  if (role !== "tandem" || signal === "SIGKILL") return true;
  // Deno and AddressSanitizer catch it.
  return signal === "SIGSEGV" && isOrdinary && isSlim(setup) && !isSanitized(setup);
}

export function kill({ launcher, random, note }: Scene, role: Role, signal: KillSignal): boolean {
  const pids = findRole(launcher, role);
  if (pids.length === 0) {
    note(`no ${role} left`);
    return false;
  }
  killByPid(random.pick(pids), signal);
  return true;
}

export function nameOf(role: Role): string {
  if (role === "tandem") return role;
  return `${/worker/.test(role) ? "a" : "the"} ${role}`;
}

function killing(role: Role, signal: KillSignal): Fault {
  return {
    name: `${signal} to ${nameOf(role)}`,
    expects: expectationOf(role, signal),
    applies: (setup) => canKill(role, signal, setup),
    inject: (scene) => {
      kill(scene, role, signal);
      return Promise.resolve();
    },
  };
}

const roles: readonly Role[] = [
  ...["guardian", "nginx master", "nginx worker", "gunicorn master", "gunicorn worker"] as const,
];

export const killFaults: readonly Fault[] = [
  killing("tandem", "SIGKILL"),
  killing("tandem", "SIGSEGV"),
  ...roles.flatMap((role) => SIGNALS.map((signal) => killing(role, signal))),
];
