/** Receives and sends signals. */

import { allowWritesInBackground, unblockSignals } from "../system/background.ts";
import { libc } from "../system/libc.ts";
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
  const hadTerminal = hasTerminal();
  for (const { signals, action } of signalTable) {
    for (const signal of signals) {
      const listener = () => {
        if (signal === "SIGHUP" && hadTerminal && !hasTerminal()) handlers.stop(signal);
        else if (action !== "ignore") handlers[action](signal);
      };
      if (signal !== HALT) Deno.addSignalListener(signal, listener);
    }
  }
  for (const signal of alsoIgnored) Deno.addSignalListener(signal, () => {});
  unblockSignals();
  allowWritesInBackground();
}

/** False once the terminal has hung up, as when its window is closed. */
function hasTerminal(): boolean {
  return Deno.stdout.isTerminal() || Deno.stderr.isTerminal();
}

/** systemd's halt signal for the PID 1 of a container. */
const HALT = "SIGRTMIN+3";
/** The real-time signals of glibc's numbering, which systemd and container engines use. */
const FIRST_REAL_TIME = 34;
const LAST_REAL_TIME = 64;
const HALT_NUMBER = FIRST_REAL_TIME + 3;
const SIG_IGN = 1n;

/** Apart from the other signals, because a start need not wait for 31 of them; takes 0.3 ms. */
export function listenForRealTimeSignals(handlers: SignalHandlers): void {
  const hearsHalt = listenForHalt(() => handlers.stop(HALT));
  const handler = harmlessHandler();
  for (let number = FIRST_REAL_TIME; number <= LAST_REAL_TIME; number++) {
    if (number !== HALT_NUMBER || !hearsHalt) libc().signal(number, handler);
  }
}

/** As SIG_IGN, but exec resets it, so no child inherits it. The slim edition resets every action in its children. */
function harmlessHandler(): bigint {
  const { deno } = Deno.version;
  if (!deno) return SIG_IGN;
  const { symbols } = Deno.dlopen("libc.so.6", { abs: { type: "pointer" } });
  return Deno.UnsafePointer.value(symbols.abs);
}

/** @returns false in Deno, which knows no real-time signals */
function listenForHalt(listener: () => void): boolean {
  try {
    Deno.addSignalListener(HALT as Deno.Signal, listener);
    return true;
  } catch {
    return false;
  }
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
    Deno.kill(pid, signal as Deno.Signal);
    return "sent";
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return "gone";
    if (error instanceof Deno.errors.PermissionDenied) return "not-permitted";
    throw error;
  }
}
