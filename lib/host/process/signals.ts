/** Receives and sends signals. */

import { allowWritesInBackground, unblockSignals } from "../system/background.ts";
import { monotonicClock } from "../system/clock.ts";
import { libc } from "../system/libc.ts";
import { readStat } from "./stat.ts";
import { type SignalAction, type SignalName, signalTable } from "../../plan/signals.ts";

export type SignalHandlers = Record<Exclude<SignalAction, "ignore">, (signal: SignalName) => void>;

/** Their default action would kill tandem and leave nginx and gunicorn without a supervisor. */
const alsoIgnored = {
  ...{ SIGUSR2: 12, SIGALRM: 14, SIGSTKFLT: 16, SIGXCPU: 24, SIGXFSZ: 25, SIGVTALRM: 26 },
  ...{ SIGPROF: 27, SIGIO: 29, SIGPWR: 30 },
};

/** Calls the handlers as the signal table says, from now to the end of the process. */
export function listenForSignals(handlers: SignalHandlers): void {
  const terminal = openTerminalWatch();
  for (const { signals, action } of signalTable) {
    for (const signal of signals) {
      const listener = async () => {
        if (signal === "SIGHUP" && await terminal?.isLost()) handlers.stop(signal);
        else if (action !== "ignore") handlers[action](signal);
      };
      if (signal !== HALT) Deno.addSignalListener(signal, listener);
    }
  }
  const handler = harmlessHandler();
  for (const number of Object.values(alsoIgnored)) libc().signal(number, handler);
  unblockSignals();
  allowWritesInBackground();
}

/** A shell passes SIGHUP on before it exits itself, and the kernel sends it before it takes the terminal away. */
const LOSS_MS = 200;

/** @returns `undefined` if tandem was not started at a terminal */
function openTerminalWatch(): { isLost(): Promise<boolean> } | undefined {
  const hasOutput = () => Deno.stdout.isTerminal() || Deno.stderr.isTerminal();
  const hasShell = () => readStat(Deno.pid)?.terminal !== 0;
  if (!hasOutput()) return undefined;
  const hadShell = hasShell();
  // The first has changed once the terminal's window is closed, the second once only the shell is gone.
  const isLost = () => !hasOutput() || hadShell && !hasShell();
  return {
    async isLost() {
      if (!isLost()) await monotonicClock.sleep(LOSS_MS);
      return isLost();
    },
  };
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
