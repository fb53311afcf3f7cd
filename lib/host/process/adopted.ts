/** Processes that became tandem's by their parent's end and belong to neither child's group. */

import type { SignalName } from "../../plan/signals.ts";
import { type Clock, happensWithin } from "../system/clock.ts";
import type { ProcessGroup } from "./child.ts";
import { readStat } from "./stat.ts";
import { hasChildren, type Reaper } from "./reaper.ts";

/** Those of this moment and whoever they hand over until they are gone; nothing when there are none. */
export function findAdopted(reaper: Reaper, clock: Clock): ProcessGroup | undefined {
  if (!hasChildren()) return undefined;
  let isGone = false;
  async function gone(): Promise<void> {
    while (hasChildren()) await happensWithin(clock, 1000, reaper.next());
    isGone = true;
  }
  return {
    name: "a process that the app left behind",
    gone: gone(),
    get isGone() {
      return isGone;
    },
    signalGroup(name) {
      for (const pid of childPids()) send(pid, name);
    },
  };
}

function childPids(): number[] {
  return [...Deno.readDirSync("/proc")]
    .map(({ name }) => Number(name))
    .filter((pid) => pid > 0 && readStat(pid)?.parent === Deno.pid);
}

function send(pid: number, name: SignalName): void {
  try {
    Deno.kill(pid, name);
  } catch {
    // Gone between the look and the signal.
  }
}
