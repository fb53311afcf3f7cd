/** Reaps orphans: all of the container's as PID 1, otherwise those of tandem's children as a subreaper. */

import { libc } from "../system/libc.ts";

const P_ALL = 0;
const P_PID = 1;
const WNOHANG = 0x00000001;
const WEXITED = 0x00000004;
const WNOWAIT = 0x01000000;
const PR_SET_CHILD_SUBREAPER = 36;
const SIGINFO_BYTES = 128;
/** The offset of `si_pid` in a siginfo_t. */
const SI_PID = 16;

export interface Reaper {
  /** Leaves a child to the runtime, which waits for it by its pid, until its status is known. */
  exclude(child: { pid: number; status: Promise<unknown> }): void;
  /** Settles after the next SIGCHLD, once all ended orphans are reaped. */
  next(): Promise<void>;
  /** Number of orphans reaped so far. */
  readonly reaped: number;
  close(): void;
}

export function startReaper(): Reaper {
  if (Deno.pid !== 1) libc().prctl(PR_SET_CHILD_SUBREAPER, 1n, 0n, 0n, 0n);
  const excluded = new Set<number>();
  let reaped = 0;
  let waiting = Promise.withResolvers<void>();

  function reapAll(): void {
    for (let pid = peekZombie(); pid > 0; pid = peekZombie()) {
      // waitid shows one zombie at a time; once the runtime has reaped this one, `exclude` continues with the others.
      if (excluded.has(pid)) break;
      reap(pid);
      reaped++;
    }
    waiting.resolve();
    waiting = Promise.withResolvers();
  }

  Deno.addSignalListener("SIGCHLD", reapAll);
  return {
    exclude({ pid, status }) {
      excluded.add(pid);
      const include = () => {
        excluded.delete(pid);
        reapAll();
      };
      status.then(include, include);
    },
    next: () => waiting.promise,
    get reaped() {
      return reaped;
    },
    close: () => Deno.removeSignalListener("SIGCHLD", reapAll),
  };
}

const info = new Uint8Array(SIGINFO_BYTES);
const infoView = new DataView(info.buffer);

/** The pid of a zombie, which stays one; 0 if there is none. */
function peekZombie(): number {
  infoView.setInt32(SI_PID, 0, true);
  const failed = libc().waitid(P_ALL, 0, info, WEXITED | WNOHANG | WNOWAIT) !== 0;
  return failed ? 0 : infoView.getInt32(SI_PID, true);
}

function reap(pid: number): void {
  libc().waitid(P_PID, pid, info, WEXITED | WNOHANG);
}

/** Whether this process has any child, running or a zombie. */
export function hasChildren(): boolean {
  return libc().waitid(P_ALL, 0, info, WEXITED | WNOHANG | WNOWAIT) === 0;
}
