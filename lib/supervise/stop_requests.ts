/** What signals ask of a run, gathered from the first moment on, whoever listens already. */

import type { Clock } from "../host/system/clock.ts";
import type { SignalHandlers } from "../host/process/signals.ts";
import type { ControlAction, SignalName } from "../plan/signals.ts";
import { escalatingSignals, type StopStep, stopSteps } from "./phases.ts";

export interface StopRequests {
  readonly handlers: SignalHandlers;
  /** The signal that asked first for the stop. */
  readonly stop: Promise<SignalName>;
  /** Asked again: no more delay. */
  readonly skipDelay: Promise<void>;
  /** Asked a third time: no more grace. */
  readonly killNow: Promise<void>;
  /** Set by whoever can act on the others. */
  onControl: (action: ControlAction, signal: SignalName) => void;
}

/** A terminal signals the whole process group, and the task runner in it hands the signal on once more. */
const ONE_KEYSTROKE_MS = 100;

export function openStopRequests(clock: Clock): StopRequests {
  const stop = Promise.withResolvers<SignalName>();
  const skipDelay = Promise.withResolvers<void>();
  const killNow = Promise.withResolvers<void>();
  const settle: Record<StopStep, (signal: SignalName) => void> = {
    stop: stop.resolve,
    skipDelay: () => skipDelay.resolve(),
    killNow: () => killNow.resolve(),
  };
  let stops = 0;
  let last: { signal: SignalName; at: number } | undefined;

  function askedToStop(signal: SignalName): void {
    if (stops > 0 && !escalatingSignals.includes(signal)) return;
    const now = clock.now();
    const isEcho = last?.signal === signal && now - last.at < ONE_KEYSTROKE_MS;
    last = { signal, at: now };
    if (isEcho) return;
    const next = stopSteps[stops++];
    if (next) settle[next.step](signal);
  }

  const control = (action: ControlAction) => (signal: SignalName) =>
    requests.onControl(action, signal);
  const requests: StopRequests = {
    handlers: {
      "stop": askedToStop,
      "reload": control("reload"),
      "reopen logs": control("reopen logs"),
      "more workers": control("more workers"),
      "fewer workers": control("fewer workers"),
    },
    stop: stop.promise,
    skipDelay: skipDelay.promise,
    killNow: killNow.promise,
    onControl: () => {},
  };
  return requests;
}
