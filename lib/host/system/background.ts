/** The signal mask: hears what a parent has blocked, and writes to the terminal even after `stty tostop`. */

import { libc } from "./libc.ts";

const SIG_BLOCK = 0;
const SIG_UNBLOCK = 1;
const SIG_SETMASK = 2;
const SIGTTOU = 22;
/** The size of glibc's sigset_t. */
const SIGSET_BYTES = 128;

/**
 * A terminal with `stty tostop` sends SIGTTOU to a background process that writes, and the kernel repeats the write
 * once the signal is handled, for ever. To a thread that blocks SIGTTOU it lets the write pass. The threads that Deno
 * writes with are started by this one and inherit its mask; others still receive a SIGTTOU that somebody sent. The
 * slim edition blocks each signal that it listens to anyway.
 */
export function allowWritesInBackground(): void {
  if (!Deno.stdout.isTerminal() && !Deno.stderr.isTerminal()) return;
  changeMask(SIG_BLOCK);
}

/**
 * A parent's blocked signals are inherited, and tandem would never hear them. The slim edition takes blocked signals
 * from the kernel and needs no change.
 */
export function unblockSignals(): void {
  const { deno } = Deno.version;
  if (!deno) return;
  libc().sigprocmask(SIG_SETMASK, new Uint8Array(SIGSET_BYTES), new Uint8Array(SIGSET_BYTES));
}

/** Starts a child that does not inherit the blocked signal; the slim edition unblocks all of them in each child. */
export function withOriginalMask<T>(start: () => T): T {
  const { deno } = Deno.version;
  if (!deno) return start();
  const wasBlocked = changeMask(SIG_UNBLOCK);
  try {
    return start();
  } finally {
    if (wasBlocked) changeMask(SIG_BLOCK);
  }
}

/** @returns whether SIGTTOU was blocked before */
function changeMask(how: number): boolean {
  const [mask, before] = [new Uint8Array(SIGSET_BYTES), new Uint8Array(SIGSET_BYTES)];
  const bit = 1 << (SIGTTOU - 1);
  new DataView(mask.buffer).setUint32(0, bit, true);
  libc().sigprocmask(how, mask, before);
  return (new DataView(before.buffer).getUint32(0, true) & bit) !== 0;
}
