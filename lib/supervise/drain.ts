/** Ends the pair in the order that loses no request, and by force only what does not end in time. */

import { type Clock, happensWithin } from "../host/system/clock.ts";
import type { Child, ProcessGroup } from "../host/process/child.ts";
import type { Log } from "../log.ts";
import type { Deadlines } from "../plan/launch_plan.ts";

/** What is there to be ended: a start that was cut short has less than both. */
export interface Pair {
  nginx?: Child;
  gunicorn?: Child;
}

export interface DrainDependencies {
  clock: Clock;
  log: Log;
  /** What the app left behind outside the two groups and is tandem's now. */
  adopted: () => ProcessGroup | undefined;
  /** A second stop signal: no more delay. */
  skipDelay: Promise<void>;
  /** A third one: no more grace. */
  killNow: Promise<void>;
}

/**
 * A signal can be lost by a process that is just starting, so it is sent again. Not each second: gevent's workers look
 * that often whether they are to end. One that is hit in its last act makes gunicorn's master log from a signal
 * handler, over which 20.1 can stumble, and it then waits for that worker until its --graceful-timeout.
 */
const REPEAT_MS = 1500;
/** nginx takes 3 ms to cut its connections; gunicorn still has to be asked. */
const CUT_OFF_MS = 1000;
/** How long the kernel may take to end what was killed. */
const AFTER_KILL_MS = 1000;
/** Nobody waits for a stray's answer, so it gets less than the pair. */
const STRAYS_MS = 1000;

/** @returns whether one of the pair had to be cut off or killed */
export async function drain(
  { nginx, gunicorn }: Pair,
  deadlines: Deadlines,
  { clock, log, adopted, skipDelay, killNow }: DrainDependencies,
): Promise<boolean> {
  const begin = clock.now();
  let killAt = begin + deadlines.kill;
  const outOfGrace = killNow.then(() => void (killAt = clock.now()));
  let forced = false;

  if (nginx && gunicorn && deadlines.drainDelay > 0) {
    log.info("drain-delay", `serving on for ${deadlines.drainDelay / 1000} s`);
    const noMoreUse = Promise.race([skipDelay, nginx.status, gunicorn.status]);
    await happensWithin(clock, deadlines.drainDelay, noMoreUse);
  }
  if (nginx && !await ends(nginx, () => nginx.signal("SIGQUIT"), begin + deadlines.nginx)) {
    forced = true;
    log.warning("nginx-overdue", "nginx still holds connections: cutting them off");
    await ends(nginx, () => nginx.signalGroup("SIGTERM"), clock.now() + CUT_OFF_MS);
  }
  if (gunicorn) await ends(gunicorn, () => gunicorn.signalGroup("SIGTERM"), killAt);
  if (nginx) await ends(nginx, () => {}, killAt);
  const overdue = [nginx, gunicorn].filter((child) => child && !child.isGone) as Child[];
  await Promise.all(overdue.map(kill));
  forced ||= overdue.length > 0;

  const left = adopted();
  if (left && !await ends(left, () => left.signalGroup("SIGTERM"), clock.now() + STRAYS_MS)) {
    await kill(left);
  }
  return forced;

  async function ends(group: ProcessGroup, ask: () => void, deadline: number): Promise<boolean> {
    while (!group.isGone) {
      const remaining = Math.min(deadline, killAt) - clock.now();
      if (remaining <= 0) return false;
      ask();
      const change = Promise.race([group.gone, outOfGrace]);
      await happensWithin(clock, Math.min(remaining, REPEAT_MS), change);
    }
    return true;
  }

  async function kill(group: ProcessGroup): Promise<void> {
    log.warning("killed", `${group.name} did not end in time: killing it`);
    group.signalGroup("SIGKILL");
    if (!await happensWithin(clock, AFTER_KILL_MS, group.gone)) {
      log.error("unkillable", `${group.name} is still there after SIGKILL`);
    }
  }
}
