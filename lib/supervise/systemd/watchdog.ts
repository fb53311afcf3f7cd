/** Tells systemd's watchdog that the pair is healthy, and the log why it is not told. */

import { type Clock, happensWithin } from "../../host/system/clock.ts";
import type { Log } from "../../log.ts";
import { formatDuration } from "../../plan/format.ts";
import { pollUntilAccepted, type Probe } from "../readiness.ts";

export interface WatchdogDependencies {
  clock: Clock;
  log: Log;
  /** Asks for the ready path as a client does. */
  probe: Probe;
  /** @returns the masters that a signal has stopped, for whom their workers still answer; `undefined` if none is */
  findStopped(): string | undefined;
  ping(): void;
}

/**
 * Asks at once and then each half of the period. A question is not given up: an answer that comes before systemd loses
 * its patience is a sign of life of a busy app.
 * @param period milliseconds after which systemd ends a unit that has not sent a sign of life
 * @throws the signal's reason
 */
export async function feedWatchdog(
  period: number,
  { clock, log, probe, findStopped, ping }: WatchdogDependencies,
  signal: AbortSignal,
): Promise<never> {
  for (;;) {
    const begin = clock.now();
    let complaint = "the ready path does not answer";
    const accept = (status: number) => {
      const stopped = findStopped();
      complaint = stopped ?? `the ready path answers ${status}`;
      return status === 200 && stopped === undefined;
    };
    const healthy = pollUntilAccepted({ probe, accept }, clock, signal);
    if (!await happensWithin(clock, period / 4, healthy, signal)) {
      const message = `unhealthy: ${findStopped() ?? complaint}: ` +
        `systemd's watchdog acts ${formatDuration(period)} after the last sign of life`;
      log.warning("watchdog", message);
      await healthy;
      log.info("watchdog", "healthy again, in time for systemd's watchdog");
    }
    ping();
    await clock.sleep(Math.max(0, begin + period / 2 - clock.now()), signal);
  }
}
