/**
 * Reaps the orphans that end up with tandem: all of the container's when it is PID 1, those of its own children
 * when it is a subreaper. Its own children are left to the runtime, which waits for each by its pid.
 */

import { libc } from "../system/libc.ts";

const P_ALL = 0;
const P_PID = 1;
const WNOHANG = 0x00000001;
const WEXITED = 0x00000004;
const WNOWAIT = 0x01000000;
const PR_SET_CHILD_SUBREAPER = 36;
/** Where `si_pid` lies in a siginfo_t of 128 bytes. */
const SI_PID = 16;

export interface Reaper {
  /** Spares a child from being reaped here until its status is known. */
  exclude(child: { pid: number; status: Promise<unknown> }): void;
  /** Settles after the next time that some process was reaped. */
  next(): Promise<void>;
  /** How many orphans were reaped so far. */
  readonly reaped: number;
  close(): void;
}

export function startReaper(): Reaper {
  if (Deno.pid !== 1) libc().prctl(PR_SET_CHILD_SUBREAPER, 1n, 0n, 0n, 0n);
  const spared = new Set<number>();
  let reaped = 0;
  let waiting = Promise.withResolvers<void>();

  function sweep(): void {
    for (let pid = peek(); pid > 0; pid = peek()) {
      // The runtime's own zombie hides those behind it until it is reaped, which sweeps again.
      if (spared.has(pid)) break;
      reap(pid);
      reaped++;
    }
    waiting.resolve();
    waiting = Promise.withResolvers();
  }

  Deno.addSignalListener("SIGCHLD", sweep);
  return {
    exclude({ pid, status }) {
      spared.add(pid);
      status.finally(() => {
        spared.delete(pid);
        sweep();
      });
    },
    next: () => waiting.promise,
    get reaped() {
      return reaped;
    },
    close: () => Deno.removeSignalListener("SIGCHLD", sweep),
  };
}

const info = new Uint8Array(128);
const infoView = new DataView(info.buffer);

/** The pid of an ended child that nobody has waited for, left as it is; 0 when there is none. */
function peek(): number {
  infoView.setInt32(SI_PID, 0, true);
  const failed = libc().waitid(P_ALL, 0, info, WEXITED | WNOHANG | WNOWAIT) !== 0;
  return failed ? 0 : infoView.getInt32(SI_PID, true);
}

function reap(pid: number): void {
  libc().waitid(P_PID, pid, info, WEXITED | WNOHANG);
}

/** Whether any child is left, running or ended. */
export function hasChildren(): boolean {
  return libc().waitid(P_ALL, 0, info, WEXITED | WNOHANG | WNOWAIT) === 0;
}
