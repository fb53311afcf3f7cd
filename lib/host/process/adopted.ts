/** Orphans: processes that the kernel has re-parented to tandem, and what was started before tandem by its own pid. */

import { hasChildren, type Reaper } from "./reaper.ts";
import { sendSignal, type SignalOutcome } from "./signals.ts";
import { listPids, readStat } from "./stat.ts";
import type { SignalName } from "../../plan/signals.ts";

/** The name of the slim edition's guardian, which lives as long as a group that it guards. */
export const GUARDIAN = "tandem-guardian";

export interface Orphan {
  pid: number;
  /** Clock ticks after boot, because the kernel can give the pid to another process. */
  startTicks: number;
  name: string;
}

export interface Orphans {
  /** Those of this moment, except the process groups of these leaders. Their children are not orphans yet. */
  list(leaders: readonly number[]): Orphan[];
  signal(orphan: Orphan, name: SignalName): SignalOutcome;
  /** Settles when a child has exited. The exit of another process can make an orphan without that. */
  change(): Promise<void>;
}

export function openOrphans(reaper: Reaper): Orphans {
  return {
    list(leaders) {
      if (!hasChildren()) return [];
      const found = readOrphans(leaders);
      // A process that was read just before its parent exited showed that parent.
      return found.length ? found : readOrphans(leaders);
    },
    signal: ({ pid, startTicks }, name) =>
      readStat(pid)?.startTicks === startTicks ? sendSignal(pid, name) : "gone",
    change: () => reaper.next(),
  };
}

function readOrphans(leaders: readonly number[]): Orphan[] {
  return listPids().flatMap((pid) => {
    const stat = readStat(pid);
    if (stat?.parent !== Deno.pid || leaders.includes(stat.group) || stat.name === GUARDIAN) {
      return [];
    }
    return [{ pid, startTicks: stat.startTicks, name: stat.name }];
  });
}
