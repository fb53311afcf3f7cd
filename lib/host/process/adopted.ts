/** Orphans that the kernel has re-parented to tandem and that are in neither child's process group. */

import { type Clock, happensWithin } from "../system/clock.ts";
import type { ProcessGroup } from "./child.ts";
import { hasChildren, type Reaper } from "./reaper.ts";
import { sendSignal } from "./signals.ts";
import { listPids, readStat } from "./stat.ts";

/** How often their end is checked, in milliseconds, in case a SIGCHLD is lost. */
const CHECK_MS = 1000;

/**
 * The orphans of this moment and their descendants, as one group; `undefined` if there are none.
 * Call it once both children are gone: until then a child counts as an orphan.
 */
export function findAdopted(reaper: Reaper, clock: Clock): ProcessGroup | undefined {
  if (!hasChildren()) return undefined;
  let isGone = false;
  async function gone(): Promise<void> {
    while (hasChildren()) await happensWithin(clock, CHECK_MS, reaper.next());
    isGone = true;
  }
  return {
    name: "a process that the app left behind",
    gone: gone(),
    get isGone() {
      return isGone;
    },
    signalGroup(name) {
      for (const pid of childPids()) {
        try {
          sendSignal(pid, name);
        } catch {
          // It runs as another user now, and only root may signal it.
        }
      }
    },
  };
}

function childPids(): number[] {
  return listPids().filter((pid) => readStat(pid)?.parent === Deno.pid);
}
