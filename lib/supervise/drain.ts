/** Stops the pair in the order that loses no request: nginx first, then gunicorn, then orphans. */

import type { Orphans } from "../host/process/adopted.ts";
import type { Child } from "../host/process/child.ts";
import type { SignalOutcome } from "../host/process/signals.ts";
import { type Clock, happensWithin } from "../host/system/clock.ts";
import type { Log } from "../log.ts";
import type { ChildName, Deadlines } from "../plan/launch_plan.ts";
import { KILL_MS } from "../plan/stop_times.ts";
import { endOrphans } from "./orphans.ts";
import type { drainSteps } from "./phases.ts";

/** The children that have been started so far. */
export interface Pair {
  nginx?: Child;
  gunicorn?: Child;
}

/** What the drain waits for. */
export type DrainStep = typeof drainSteps[number];

export interface DrainDependencies {
  clock: Clock;
  log: Log;
  orphans: Orphans;
  /** The second stop signal: ends the drain delay. */
  skipDelay: Promise<void>;
  /** The third stop signal: ends the grace period. */
  killNow: Promise<void>;
  /** The child that gets no signal for this long after the stop, so that a stop by something else shows. */
  watch?: { child: ChildName; milliseconds: number };
  onStep: (step: DrainStep) => void;
}

/**
 * A process that is just starting can lose a signal, so it is sent again. Not every second: gevent's workers check that
 * often whether to exit. A signal that hits one of them as it exits makes gunicorn's master log from a signal handler,
 * in which gunicorn 20.1 can fail, and it then waits for that worker until its --graceful-timeout.
 */
const REPEAT_MS = 1500;
/** For nginx to close its connections, which takes 3 ms. */
const CLOSE_CONNECTIONS_MS = 1000;

/** @returns whether nginx's connections had to be closed, or a child had to be killed */
export async function drain(
  { nginx, gunicorn }: Pair,
  deadlines: Deadlines,
  { clock, log, orphans, skipDelay, killNow, watch, onStep }: DrainDependencies,
): Promise<boolean> {
  const begin = clock.now();
  let graceEnd = begin + deadlines.grace;
  const graceEndsNow = killNow.then(() => void (graceEnd = clock.now()));
  let step: DrainStep | undefined;
  let forced = false;
  const refusing = new Set<Child>();

  if (nginx && gunicorn && deadlines.drainDelay > 0) {
    enter("drain-delay");
    log.info("drain-delay", `still serving for ${deadlines.drainDelay / 1000} s (--drain-delay)`);
    const delayIsPointless = Promise.race([skipDelay, nginx.status, gunicorn.status]);
    await happensWithin(clock, deadlines.drainDelay, delayIsPointless);
  }

  if (nginx) {
    await watchIfAsked(nginx);
    const finishRequests = () => nginx.signal(nginx.stopSignal);
    if (!await exits("nginx", nginx, finishRequests, begin + deadlines.nginx)) {
      forced = true;
      if (!refusing.has(nginx)) {
        log.warning("nginx-overdue", "nginx still has open connections: closing them");
        const closeConnections = () => nginx.signalGroup("SIGTERM");
        // Half of what is left, so that gunicorn is asked to exit even if nginx is stuck.
        const remaining = Math.max(0, graceEnd - clock.now());
        const closeTime = Math.min(CLOSE_CONNECTIONS_MS, remaining / 2);
        await exits("nginx", nginx, closeConnections, clock.now() + closeTime);
      }
    }
  }
  if (gunicorn) {
    await watchIfAsked(gunicorn);
    const stop = () => gunicorn.signalGroup(gunicorn.stopSignal);
    await exits("gunicorn", gunicorn, stop, graceEnd);
  }
  if (nginx && !refusing.has(nginx)) await exits("nginx", nginx, () => "sent", graceEnd);

  const overdue = [nginx, gunicorn].filter((child) => child && !child.isGone) as Child[];
  await Promise.all(overdue.map(kill));
  forced ||= overdue.length > 0;

  const leaders = [nginx, gunicorn].flatMap((child) => child ? [child.pid] : []);
  await endOrphans({
    ...{ clock, log, orphans, leaders, graceEndsNow },
    graceEnd: () => graceEnd,
    onStep: enter,
  });
  return forced;

  function enter(next: DrainStep): void {
    if (step !== next) onStep(step = next);
  }

  async function watchIfAsked({ name, status }: Child): Promise<void> {
    if (watch?.child !== name) return;
    const remaining = begin + watch.milliseconds - clock.now();
    const watchIsPointless = Promise.race([killNow, status]);
    if (remaining > 0) await happensWithin(clock, remaining, watchIsPointless);
  }

  /**
   * Whether the child's group exits by the deadline and within the grace period. Repeats the signal until then; does
   * not wait for a child that may not be signalled.
   */
  async function exits(
    name: ChildName,
    child: Child,
    signal: () => SignalOutcome,
    deadline: number,
  ): Promise<boolean> {
    while (!child.isGone) {
      const remaining = Math.min(deadline, graceEnd) - clock.now();
      if (remaining <= 0) return false;
      enter(name);
      if (signal() === "not-permitted") {
        refusing.add(child);
        log.warning("not-permitted", `may not signal ${describe(child)}: ${HOW_TO_PERMIT}`);
        return false;
      }
      const change = Promise.race([child.gone, graceEndsNow]);
      await happensWithin(clock, Math.min(remaining, REPEAT_MS), change);
    }
    return true;
  }

  async function kill(child: Child): Promise<void> {
    enter("kill");
    if (!refusing.has(child)) {
      log.warning("killed", `${child.name} did not exit in time: killing it`);
    }
    const isSent = child.signalGroup("SIGKILL") !== "not-permitted";
    if (isSent && await happensWithin(clock, KILL_MS, child.gone)) return;
    // The signal may have reached only a part of the group, so what is left is asked once more.
    if (child.signalGroup("SIGKILL") === "sent") {
      log.error("unkillable", `${describe(child)} has not exited after SIGKILL`);
    } else if (!child.isGone) {
      const message = `${describe(child)} still runs, and tandem may not end it: ${HOW_TO_PERMIT}`;
      log.error("left-running", message);
    }
  }
}

const HOW_TO_PERMIT = "run tandem with CAP_KILL, or let it start as tandem's own user";

function describe({ name, pid }: Child): string {
  return `${name} (pid ${pid})`;
}
