/** Collects what signals ask for. None is lost, even if it arrives before the run waits for it. */

import type { SignalHandlers } from "../host/process/signals.ts";
import type { Clock } from "../host/system/clock.ts";
import type { ControlAction, SignalName } from "../plan/signals.ts";
import { escalatingSignals, type StopStep, stopSteps } from "./phases.ts";

export interface StopRequests {
  readonly handlers: SignalHandlers;
  /** The first stop signal. */
  readonly stop: Promise<SignalName>;
  /** The second stop signal: ends the drain delay. */
  readonly skipDelay: Promise<void>;
  /** The third stop signal: ends the grace period. */
  readonly killNow: Promise<void>;
  /** Set by the run; until then the other signals do nothing. */
  onControl: (action: ControlAction, signal: SignalName) => void;
}

/** A terminal signals the whole process group, and a task runner in that group forwards the signal once more. */
const SAME_KEYSTROKE_MS = 100;

export function openStopRequests(clock: Clock): StopRequests {
  const stop = Promise.withResolvers<SignalName>();
  const skipDelay = Promise.withResolvers<void>();
  const killNow = Promise.withResolvers<void>();
  const take: Record<StopStep, (signal: SignalName) => void> = {
    stop: stop.resolve,
    skipDelay: () => skipDelay.resolve(),
    killNow: () => killNow.resolve(),
  };
  let stepsTaken = 0;
  let last: { signal: SignalName; at: number } | undefined;

  function onStopSignal(signal: SignalName): void {
    if (stepsTaken > 0 && !escalatingSignals.includes(signal)) return;
    const now = clock.now();
    const isEcho = last?.signal === signal && now - last.at < SAME_KEYSTROKE_MS;
    last = { signal, at: now };
    if (isEcho) return;
    const next = stopSteps[stepsTaken++];
    if (next) take[next.step](signal);
  }

  const control = (action: ControlAction) => (signal: SignalName) =>
    requests.onControl(action, signal);
  const requests: StopRequests = {
    handlers: {
      "stop": onStopSignal,
      "reload": control("reload"),
      "reopen-logs": control("reopen-logs"),
      "more-workers": control("more-workers"),
      "fewer-workers": control("fewer-workers"),
    },
    stop: stop.promise,
    skipDelay: skipDelay.promise,
    killNow: killNow.promise,
    onControl: () => {},
  };
  return requests;
}
