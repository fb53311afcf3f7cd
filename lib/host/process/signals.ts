/** Receives and sends signals. */

import { allowWritesInBackground } from "../system/background.ts";
import { type SignalAction, type SignalName, signalTable } from "../../plan/signals.ts";

export type SignalHandlers = Record<Exclude<SignalAction, "ignore">, (signal: SignalName) => void>;

/** Their default action would kill tandem and leave nginx and gunicorn without a supervisor. */
const alsoIgnored = [
  "SIGUSR2",
  "SIGALRM",
  "SIGVTALRM",
  "SIGPROF",
  "SIGIO",
  "SIGPWR",
  "SIGSTKFLT",
  "SIGXCPU",
  "SIGXFSZ",
] as const;

/** Calls the handlers as the signal table says, from now to the end of the process. */
export function listenForSignals(handlers: SignalHandlers): void {
  for (const { signals, action } of signalTable) {
    for (const signal of signals) {
      Deno.addSignalListener(signal, () => {
        if (action !== "ignore") handlers[action](signal);
      });
    }
  }
  for (const signal of alsoIgnored) Deno.addSignalListener(signal, () => {});
  allowWritesInBackground();
}

/**
 * Does nothing if the process is gone.
 * @param pid of a process, or minus the pid of a group's leader for the whole group
 * @throws {Deno.errors.PermissionDenied} if this user may not signal it
 */
export function sendSignal(pid: number, name: SignalName): void {
  try {
    Deno.kill(pid, name);
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound) && !isNoSuchProcess(error)) throw error;
  }
}

function isNoSuchProcess(error: unknown): boolean {
  return error instanceof Error && "code" in error && error.code === "ESRCH";
}
