/** Ends the orphans that are left after both children, generation by generation. */

import type { Orphan, Orphans } from "../host/process/adopted.ts";
import { type Clock, happensWithin } from "../host/system/clock.ts";
import type { Log } from "../log.ts";
import type { SignalName } from "../plan/signals.ts";
import { KILL_MS } from "../plan/stop_times.ts";

export interface OrphanDependencies {
  clock: Clock;
  log: Log;
  orphans: Orphans;
  /** The process groups of nginx and gunicorn, which are not orphans. */
  leaders: readonly number[];
  /** By the clock; the third stop signal moves it. */
  graceEnd: () => number;
  graceEndsNow: Promise<void>;
  onStep: (step: "orphans" | "kill") => void;
}

/** The exit of an orphan's child makes orphans without a SIGCHLD for tandem, so they are looked for this often. */
const CHECK_MS = 100;

/**
 * Each orphan gets SIGTERM as soon as it is found, and all have the rest of the grace period. Then each gets SIGKILL,
 * and so do those that their end makes orphans, until none is left.
 */
export async function endOrphans(
  { clock, log, orphans, leaders, graceEnd, graceEndsNow, onStep }: OrphanDependencies,
): Promise<void> {
  const refusing = new Set<string>();
  if ((await end("SIGTERM", graceEnd, graceEndsNow)).length === 0) return;
  const killEnd = clock.now() + KILL_MS;
  const left = await end("SIGKILL", () => killEnd);
  if (left.length) log.error("unkillable", `not gone after SIGKILL: ${describe(left)}`);

  /** @returns those that are left at the end of the time, without those that may not be signalled */
  async function end(
    signal: SignalName,
    deadline: () => number,
    endsNow?: Promise<void>,
  ): Promise<Orphan[]> {
    const told = new Set<string>();
    for (;;) {
      const left = orphans.list(leaders).filter((orphan) => !refusing.has(identity(orphan)));
      const isOver = clock.now() >= deadline();
      if (left.length === 0 || (isOver && signal === "SIGTERM")) return left;
      onStep(signal === "SIGTERM" ? "orphans" : "kill");
      tell(left.filter((orphan) => !told.has(identity(orphan))), signal);
      for (const orphan of left) told.add(identity(orphan));
      if (left.every((orphan) => refusing.has(identity(orphan)))) continue;
      if (isOver) return left;
      const wait = Math.min(CHECK_MS, deadline() - clock.now());
      await happensWithin(
        clock,
        wait,
        Promise.race([orphans.change(), ...endsNow ? [endsNow] : []]),
      );
    }
  }

  function tell(fresh: Orphan[], signal: SignalName): void {
    const outcomes = fresh.map((orphan) => ({ orphan, outcome: orphans.signal(orphan, signal) }));
    const of = (wanted: string) =>
      outcomes.filter(({ outcome }) => outcome === wanted).map(({ orphan }) => orphan);
    const refused = of("not-permitted");
    for (const orphan of refused) refusing.add(identity(orphan));
    if (refused.length) {
      const message = `tandem may not end what was left behind: ${describe(refused)}: ` +
        "run tandem with CAP_KILL, or let the app end it";
      log.warning("not-permitted", message);
    }
    const killed = of("sent");
    if (signal === "SIGKILL" && killed.length) {
      const message = `killing what was left behind and did not exit in time: ${describe(killed)}`;
      log.warning("killed", message);
    }
  }
}

/** A pid alone can be another process's by now. */
function identity({ pid, startTicks }: Orphan): string {
  return `${pid} ${startTicks}`;
}

const LONGEST_LIST = 5;

/** "sleep (pid 12), sh (pid 13) and 295 more". */
function describe(orphans: readonly Orphan[]): string {
  const named = orphans.slice(0, LONGEST_LIST).map(({ name, pid }) => `${name} (pid ${pid})`);
  const more = orphans.length - named.length;
  return named.join(", ") + (more > 0 ? ` and ${more} more` : "");
}
