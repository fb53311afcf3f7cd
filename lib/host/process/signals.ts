/** Receives and sends signals. */

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
}

/** `not-permitted` without CAP_KILL for a process of another user, or by a security module. */
export type SignalOutcome = "sent" | "gone" | "not-permitted";

/**
 * @param pid of a process, or minus the pid of a group's leader for the whole group; that is `sent` if any process of
 *   the group got it
 */
export function sendSignal(pid: number, name: SignalName): SignalOutcome {
  return signalOrTest(pid, name);
}

/** @param pid as for `sendSignal`; a process that may not be signalled exists too */
export function processExists(pid: number): boolean {
  return signalOrTest(pid, 0) !== "gone";
}

/** Through `Deno.kill`, because its errors tell EPERM from ESRCH, and libc's -1 does not. */
function signalOrTest(pid: number, signal: SignalName | 0): SignalOutcome {
  try {
    Deno.kill(pid, signal as SignalName);
    return "sent";
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return "gone";
    if (error instanceof Deno.errors.PermissionDenied) return "not-permitted";
    throw error;
  }
}
