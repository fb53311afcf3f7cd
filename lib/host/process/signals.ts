/** Receives and sends signals. */

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
  allowWritesInBackground();
  for (const { signals, action } of signalTable) {
    for (const signal of signals) {
      Deno.addSignalListener(signal, () => {
        if (action !== "ignore") handlers[action](signal);
      });
    }
  }
  for (const signal of alsoIgnored) Deno.addSignalListener(signal, () => {});
}

const SIG_BLOCK = 0;
const SIGTTOU = 22;
/** The size of glibc's sigset_t. */
const SIGSET_BYTES = 128;

/**
 * A terminal with `stty tostop` sends SIGTTOU to a background process that writes, and the kernel repeats the write
 * once the signal is handled, for ever. To a thread that blocks SIGTTOU it lets the write pass. The threads that Deno
 * writes with are started by this one and inherit its mask; others still receive a SIGTTOU that somebody sent.
 */
function allowWritesInBackground(): void {
  if (!Deno.stdout.isTerminal() && !Deno.stderr.isTerminal()) return;
  const mask = new Uint8Array(SIGSET_BYTES);
  new DataView(mask.buffer).setUint32(0, 1 << (SIGTTOU - 1), true);
  libc().pthread_sigmask(SIG_BLOCK, mask, null);
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
