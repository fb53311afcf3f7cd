/** Stops the pair in the order that loses no request: nginx first, then gunicorn, then orphans. */

import type { Child, ProcessGroup } from "../host/process/child.ts";
import { type Clock, happensWithin } from "../host/system/clock.ts";
import type { Log } from "../log.ts";
import type { Deadlines } from "../plan/launch_plan.ts";
import { KILL_MS } from "../plan/stop_times.ts";

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
/** No client waits for orphans, so they get less than the rest of the grace period. */
const ORPHANS_MS = 1000;

/** @returns whether nginx's connections had to be closed, or a child had to be killed */
export async function drain(
  { nginx, gunicorn }: Pair,
  deadlines: Deadlines,
  { clock, log, findOrphans, skipDelay, killNow, onStep }: DrainDependencies,
): Promise<boolean> {
  const begin = clock.now();
  let graceEnd = begin + deadlines.grace;
  const graceEndsNow = killNow.then(() => void (graceEnd = clock.now()));
  let step: DrainStep | undefined;
  let forced = false;

  if (nginx && gunicorn && deadlines.drainDelay > 0) {
    enter("drain-delay");
    log.info("drain-delay", `still serving for ${deadlines.drainDelay / 1000} s (--drain-delay)`);
    const delayIsPointless = Promise.race([skipDelay, nginx.status, gunicorn.status]);
    await happensWithin(clock, deadlines.drainDelay, delayIsPointless);
  }

  if (nginx) {
    const finishRequests = () => nginx.signal(nginx.stopSignal);
    if (!await exits("nginx", nginx, finishRequests, begin + deadlines.nginx)) {
      forced = true;
      log.warning("nginx-overdue", "nginx still has open connections: closing them");
      const closeConnections = () => nginx.signalGroup("SIGTERM");
      await exits("nginx", nginx, closeConnections, clock.now() + CLOSE_CONNECTIONS_MS);
    }
  }
  if (gunicorn) {
    const stop = () => gunicorn.signalGroup(gunicorn.stopSignal);
    await exits("gunicorn", gunicorn, stop, graceEnd);
  }
  if (nginx) await exits("nginx", nginx, () => {}, graceEnd);

  const overdue = [nginx, gunicorn].filter((child) => child && !child.isGone) as Child[];
  await Promise.all(overdue.map(kill));
  forced ||= overdue.length > 0;

  const orphans = findOrphans();
  if (orphans) {
    const stop = () => orphans.signalGroup("SIGTERM");
    if (!await exits("orphans", orphans, stop, clock.now() + ORPHANS_MS)) await kill(orphans);
  }
  return forced;

  function enter(next: DrainStep): void {
    if (step !== next) onStep(step = next);
  }

  /** Whether the group exits by the deadline and within the grace period. Repeats the signal until then. */
  async function exits(
    name: DrainStep,
    group: ProcessGroup,
    signal: () => void,
    deadline: number,
  ): Promise<boolean> {
    while (!group.isGone) {
      const remaining = Math.min(deadline, graceEnd) - clock.now();
      if (remaining <= 0) return false;
      enter(name);
      signal();
      const change = Promise.race([group.gone, graceEndsNow]);
      await happensWithin(clock, Math.min(remaining, REPEAT_MS), change);
    }
    return true;
  }

  async function kill(group: ProcessGroup): Promise<void> {
    enter("kill");
    log.warning("killed", `${group.name} did not exit in time: killing it`);
    group.signalGroup("SIGKILL");
    if (!await happensWithin(clock, KILL_MS, group.gone)) {
      log.error("unkillable", `${group.name} has not exited after SIGKILL`);
    }
  }
}
