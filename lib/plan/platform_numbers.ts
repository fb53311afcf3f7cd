/** The numbers of each platform that follow from the settings, with a reason each. Times are whole seconds. */

import { HEALTH_MS } from "./health_times.ts";
import type { PlannedPlatform } from "./platforms.ts";
import type { Settings } from "./settings.ts";
import { AFTER_GRACE_MS } from "./stop_times.ts";

export interface PlannedNumber {
  /** As the platform spells it; `TANDEM_…` for a variable of tandem's own. */
  name: string;
  value: number;
  unit: "s" | "count";
  reason: string;
}

/** The settings as the platform lets them be. */
export type PlannedSettings = Pick<
  Settings,
  "gracePeriod" | "drainDelay" | "startTimeout" | "timeout"
>;

const AFTER_GRACE_S = AFTER_GRACE_MS / 1000;
/** One more than `tandem health` takes at most, so that it still prints why. */
const PROBE_TIMEOUT_S = HEALTH_MS / 1000 + 1;
const STARTUP_PERIOD_S = 5;
const READINESS_PERIOD_S = 5;
const LIVENESS_PERIOD_S = 10;
const READINESS_FAILURES = 3;
/** https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_HealthCheck.html */
const ECS_START_PERIOD_S = 300;
const ECS_INTERVAL_S = 300;
/** For the platform to notice that tandem has given up by itself, with a reason and status 75. */
export const START_MARGIN_S = 10;

export const platformNumbers: Record<
  PlannedPlatform,
  (planned: PlannedSettings, settings: Settings) => PlannedNumber[]
> = {
  docker: (planned, settings) => [
    stopNumber("--stop-timeout", planned),
    ...healthCheck(["--interval", "--timeout", "--start-period", "--retries"], planned, settings),
  ],
  compose: (planned, settings) => [
    stopNumber("stop_grace_period", planned),
    ...healthCheck(
      ["interval", "timeout", "start_period", "retries"].map((name) => `healthcheck.${name}`),
      planned,
      settings,
    ),
  ],
  kubernetes: (planned, settings) => [
    stopNumber("terminationGracePeriodSeconds", planned),
    ...startupProbe(planned, PROBE_TIMEOUT_S),
    inSeconds("readinessProbe.periodSeconds", READINESS_PERIOD_S, "a change is seen this soon"),
    inSeconds("readinessProbe.timeoutSeconds", PROBE_TIMEOUT_S, PROBE_TIMEOUT_REASON),
    count("readinessProbe.failureThreshold", READINESS_FAILURES, "one slow answer is no outage"),
    ...livenessProbe(settings, PROBE_TIMEOUT_S),
    // The default of Kubernetes, unless a start may take longer.
    inSeconds(
      "progressDeadlineSeconds",
      Math.max(600, 2 * planned.startTimeout),
      "a rollout waits longer than a start may take",
    ),
  ],
  ecs(planned, settings) {
    // What is left of the start counts as failures, of which both health checks allow at most 10.
    const startPeriod = Math.min(ECS_START_PERIOD_S, planned.startTimeout);
    const failing = Math.max(silence(settings), planned.startTimeout - startPeriod);
    const interval = clamp(Math.ceil(failing / 9), LIVENESS_PERIOD_S, ECS_INTERVAL_S);
    const failures = clamp(Math.ceil(failing / interval) + 1, 2, 10);
    return [
      stopNumber("stopTimeout", planned),
      ...healthCheck(
        ["interval", "timeout", "startPeriod", "retries"].map((name) => `healthCheck.${name}`),
        { ...planned, startTimeout: startPeriod },
        settings,
        interval,
        failures,
      ),
      inSeconds(
        "healthCheckGracePeriodSeconds",
        planned.startTimeout + START_MARGIN_S,
        "the service ignores failed checks while the app may still start",
      ),
      inSeconds("HealthCheckIntervalSeconds", interval, "the same as the container's check"),
      inSeconds("HealthCheckTimeoutSeconds", PROBE_TIMEOUT_S, "the same as the container's check"),
      count("HealthyThresholdCount", 2, "the least that a target group allows"),
      count("UnhealthyThresholdCount", failures, "the same as the container's check"),
      inSeconds(
        "deregistration_delay.timeout_seconds",
        planned.gracePeriod,
        "the load balancer waits for open requests as long as tandem does",
      ),
    ];
  },
  sagemaker: ({ startTimeout }) => [
    inSeconds(
      "ContainerStartupHealthCheckTimeoutInSeconds",
      clamp(startTimeout + START_MARGIN_S, 60, 3600),
      "tandem's own start time-out, and time to exit with its reason",
    ),
  ],
  systemd: (planned) => [
    stopNumber("TimeoutStopSec", planned),
    inSeconds(
      "TimeoutStartSec",
      planned.startTimeout + stopTime(planned),
      "tandem's own start time-out, and the stop that follows it",
    ),
  ],
  cloudrun: (planned, settings) => [
    // Cloud Run wants a time-out that is no longer than the period.
    ...startupProbe(planned, STARTUP_PERIOD_S),
    ...livenessProbe(settings, PROBE_TIMEOUT_S),
  ],
};

const PROBE_TIMEOUT_REASON = "tandem health gives up first and says why";

function stopTime({ gracePeriod }: PlannedSettings): number {
  return gracePeriod + AFTER_GRACE_S;
}

function stopNumber(name: string, planned: PlannedSettings): PlannedNumber {
  return inSeconds(
    name,
    stopTime(planned),
    `the grace period, and ${AFTER_GRACE_S} s to kill what is left and pass on the last output`,
  );
}

function startupProbe(planned: PlannedSettings, timeout: number): PlannedNumber[] {
  return [
    inSeconds("startupProbe.periodSeconds", STARTUP_PERIOD_S, "readiness is seen this soon"),
    inSeconds("startupProbe.timeoutSeconds", timeout, "an answer at the start may take this long"),
    count(
      "startupProbe.failureThreshold",
      Math.ceil(planned.startTimeout / STARTUP_PERIOD_S) + 1,
      "times the period: longer than tandem's own start time-out",
    ),
  ];
}

function livenessProbe(settings: Settings, timeout: number): PlannedNumber[] {
  return [
    inSeconds(
      "livenessProbe.periodSeconds",
      LIVENESS_PERIOD_S,
      "a restart is for a pair that hangs, so there is no hurry",
    ),
    inSeconds("livenessProbe.timeoutSeconds", timeout, "a busy pair may take this long to answer"),
    count(
      "livenessProbe.failureThreshold",
      Math.ceil(silence(settings) / LIVENESS_PERIOD_S) + 1,
      describeSilence(settings),
    ),
  ];
}

/** @param names of the interval, the time-out, the start period and the retries */
function healthCheck(
  names: readonly string[],
  planned: PlannedSettings,
  settings: Settings,
  interval = LIVENESS_PERIOD_S,
  retries = Math.ceil(silence(settings) / interval) + 1,
): PlannedNumber[] {
  const [intervalName = "", timeoutName = "", startName = "", retriesName = ""] = names;
  return [
    inSeconds(intervalName, interval, "rarely, since each check is a process"),
    inSeconds(timeoutName, PROBE_TIMEOUT_S, PROBE_TIMEOUT_REASON),
    inSeconds(startName, planned.startTimeout, "failures do not count while the app may start"),
    count(retriesName, retries, describeSilence(settings)),
  ];
}

/** How long a healthy pair may leave probes without an answer: every worker may have a long request. */
function silence({ timeout, proxyReadTimeout }: Settings): number {
  return timeout || proxyReadTimeout;
}

function describeSilence({ timeout, proxyReadTimeout }: Settings): string {
  return timeout
    ? `times the period: gunicorn replaces a hung worker first, after ${timeout} s (--timeout)`
    : `times the period: a request may take ${proxyReadTimeout} s (--proxy-read-timeout)`;
}

export function inSeconds(name: string, value: number, reason: string): PlannedNumber {
  return { name, value, unit: "s", reason };
}

function count(name: string, value: number, reason: string): PlannedNumber {
  return { name, value, unit: "count", reason };
}

function clamp(value: number, least: number, most: number): number {
  return Math.min(most, Math.max(least, value));
}
