/** Fits the settings to a platform, and gives it the numbers that agree with them. Times are whole seconds. */

import {
  inSeconds,
  type PlannedNumber,
  type PlannedSettings,
  platformNumbers,
  START_MARGIN_S,
} from "./platform_numbers.ts";
import { hasFixedStop, type PlannedPlatform, platforms } from "./platforms.ts";
import type { Invocation, Settings } from "./settings.ts";
import { AFTER_GRACE_MS } from "./stop_times.ts";

export interface PlatformPlan {
  platform: PlannedPlatform;
  settings: PlannedSettings;
  numbers: PlannedNumber[];
}

const AFTER_GRACE_S = AFTER_GRACE_MS / 1000;
/** Where none is set, since most platforms need a limit: a large model loads in less. */
const START_TIMEOUT_S = 300;

interface PlatformLimits {
  /** Where none is set: until every load balancer knows that the instance ends. */
  readonly drainDelay?: number;
  /** The longest start that the platform allows. */
  readonly start?: number;
}

const limits: Record<PlannedPlatform, PlatformLimits> = {
  docker: {},
  compose: {},
  // The endpoint is removed at the same time as the stop signal is sent, not before it.
  kubernetes: { drainDelay: 5 },
  // The start period of a health check, 300 s, and at most 9 more failures, 300 s apart.
  ecs: { start: 3000 },
  // https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_ProductionVariant.html
  sagemaker: { start: 3600 },
  systemd: {},
  // https://cloud.google.com/run/docs/configuring/healthchecks
  cloudrun: { start: 240 },
};

export function planPlatform(invocation: Invocation, platform: PlannedPlatform): PlatformPlan {
  const own = planOwnNumbers(invocation, platform);
  const [grace, delay, start] = own;
  const settings: PlannedSettings = {
    gracePeriod: grace!.value,
    drainDelay: delay!.value,
    startTimeout: start!.value,
    timeout: invocation.settings.timeout,
  };
  const numbers = [...own, ...platformNumbers[platform](settings, invocation.settings)];
  return { platform, settings, numbers };
}

/** The grace period, the drain delay and the start time-out, in this order. */
function planOwnNumbers(
  { settings, report }: Invocation,
  platform: PlannedPlatform,
): PlannedNumber[] {
  const { title, longest, stopTimeout } = platforms[platform];
  const most = longest ?? (hasFixedStop(platforms[platform]) ? stopTimeout : undefined);
  const { drainDelay: usualDelay = 0, start: longestStart = Infinity } = limits[platform];
  const isGiven = (key: keyof Settings) =>
    report.some((entry) => entry.key === key && entry.origin.kind !== "default");

  const fittingGrace = most === undefined ? Infinity : most - AFTER_GRACE_S;
  const gracePeriod = Math.min(settings.gracePeriod, fittingGrace);
  const isLowered = gracePeriod < settings.gracePeriod;

  // Requests must still get most of the time.
  const fittingDelay = Math.floor(gracePeriod / 5);
  const wantedDelay = isGiven("drainDelay") ? settings.drainDelay : usualDelay;
  const drainDelay = isLowered || !isGiven("drainDelay")
    ? Math.min(wantedDelay, fittingDelay)
    : wantedDelay;

  const fittingStart = longestStart - START_MARGIN_S;
  const startTimeout = Math.min(settings.startTimeout || START_TIMEOUT_S, fittingStart);
  return [
    inSeconds(
      "TANDEM_GRACE_PERIOD",
      gracePeriod,
      isLowered
        ? `${title} kills after ${most} s, and a stop may take ${AFTER_GRACE_S} s more than this; lowered from ${settings.gracePeriod}`
        : "open requests may finish for this long, the drain delay included",
    ),
    inSeconds("TANDEM_DRAIN_DELAY", drainDelay, describeDelay(platform, drainDelay, wantedDelay)),
    inSeconds(
      "TANDEM_START_TIMEOUT",
      startTimeout,
      settings.startTimeout > startTimeout
        ? `${title} waits ${longestStart} s for a start; lowered from ${settings.startTimeout}`
        : "tandem gives up before the platform does, says why and exits with 75",
    ),
  ];
}

function describeDelay(platform: PlannedPlatform, delay: number, wanted: number): string {
  if (delay < wanted) return `at most a fifth of the grace period; lowered from ${wanted}`;
  if (delay > 0) {
    return "requests are still served while load balancers learn that the instance ends";
  }
  return platform === "ecs"
    ? "the target is deregistered before the stop signal"
    : "nothing sends new requests after the stop signal";
}
