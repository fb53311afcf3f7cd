/** Stops the pair in the order that loses no request: nginx first, then gunicorn, then orphans. */

import type { Child, ProcessGroup } from "../host/process/child.ts";
import { type Clock, happensWithin } from "../host/system/clock.ts";
import type { Log } from "../log.ts";
import type { Deadlines } from "../plan/launch_plan.ts";
import { KILL_MS, ORPHANS_MS } from "../plan/stop_times.ts";

/** The children that have been started so far. */
export interface Pair {
  nginx?: Child;
  gunicorn?: Child;
}

/** What the drain waits for. */
export type DrainStep = "drain-delay" | "nginx" | "gunicorn" | "kill" | "orphans";

export interface DrainDependencies {
  clock: Clock;
  log: Log;
  /** @returns the orphans that belong to neither child's group; `undefined` if there are none */
  findOrphans: () => ProcessGroup | undefined;
  /** The second stop signal: ends the drain delay. */
  skipDelay: Promise<void>;
  /** The third stop signal: ends the grace period. */
  killNow: Promise<void>;
  onStep: (step: DrainStep) => void;
}

/**
 * A process that is just starting can lose a signal, so it is sent again. Not every second: gevent's workers check that
 * often whether to exit. A signal that hits one of them as it exits makes gunicorn's master log from a signal handler,
 * in which gunicorn 20.1 can fail, and it then waits for that worker until its --graceful-timeout.
 */
const REPEAT_MS = 1500;
/** For nginx to close its connections. It takes 3 ms, and gunicorn has to be stopped after it. */
const CLOSE_CONNECTIONS_MS = 1000;

/** @returns whether nginx's connections had to be closed, or a child had to be killed */
export async function drain(
  { nginx, gunicorn }: Pair,
  deadlines: Deadlines,
  { clock, log, findOrphans, skipDelay, killNow, onStep }: DrainDependencies,
): Promise<boolean> {
  const begin = clock.now();
  let graceEnd = begin + deadlines.grace;
  const graceEndsNow = killNow.then(() => void (graceEnd = clock.now()));
  let forced = false;

  if (nginx && gunicorn && deadlines.drainDelay > 0) {
    onStep("drain-delay");
    log.info("drain-delay", `still serving for ${deadlines.drainDelay / 1000} s (--drain-delay)`);
    const delayIsPointless = Promise.race([skipDelay, nginx.status, gunicorn.status]);
    await happensWithin(clock, deadlines.drainDelay, delayIsPointless);
  }

  if (nginx && !nginx.isGone) {
    onStep("nginx");
    const finishRequests = () => nginx.signal(nginx.stopSignal);
    if (!await exits(nginx, finishRequests, begin + deadlines.nginx)) {
      forced = true;
      log.warning("nginx-overdue", "nginx still has open connections: closing them");
      const closeConnections = () => nginx.signalGroup("SIGTERM");
      await exits(nginx, closeConnections, clock.now() + CLOSE_CONNECTIONS_MS);
    }
  }

  if (gunicorn && !gunicorn.isGone) {
    onStep("gunicorn");
    await exits(gunicorn, () => gunicorn.signalGroup(gunicorn.stopSignal), graceEnd);
  }
  if (nginx && !nginx.isGone) {
    onStep("nginx");
    await exits(nginx, () => {}, graceEnd);
  }

  const overdue = [nginx, gunicorn].filter((child) => child && !child.isGone) as Child[];
  if (overdue.length > 0) {
    forced = true;
    onStep("kill");
    await Promise.all(overdue.map(kill));
  }

  const orphans = findOrphans();
  if (orphans) {
    onStep("orphans");
    const stop = () => orphans.signalGroup("SIGTERM");
    if (!await exits(orphans, stop, clock.now() + ORPHANS_MS)) {
      onStep("kill");
      await kill(orphans);
    }
  }
  return forced;

  /** Whether the group exits by the deadline and within the grace period. */
  async function exits(
    group: ProcessGroup,
    signal: () => void,
    deadline: number,
  ): Promise<boolean> {
    while (!group.isGone) {
      const remaining = Math.min(deadline, graceEnd) - clock.now();
      if (remaining <= 0) return false;
      signal();
      const change = Promise.race([group.gone, graceEndsNow]);
      await happensWithin(clock, Math.min(remaining, REPEAT_MS), change);
    }
    return true;
  }

  async function kill(group: ProcessGroup): Promise<void> {
    log.warning("killed", `${group.name} did not exit in time: killing it`);
    group.signalGroup("SIGKILL");
    if (!await happensWithin(clock, KILL_MS, group.gone)) {
      log.error("unkillable", `${group.name} has not exited after SIGKILL`);
    }
  }
}
