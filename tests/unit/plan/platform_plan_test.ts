/** The numbers of a plan agree with each other and with the platform's limits, whatever the settings are. */

import assert from "node:assert/strict";
import fc from "fast-check";
import { planLaunch } from "../../../lib/plan/launch_plan.ts";
import { HEALTH_MS } from "../../../lib/plan/health_times.ts";
import { planPlatform, type PlatformPlan } from "../../../lib/plan/platform_plan.ts";
import {
  findPlatform,
  FIXED_STOP_VARIABLES,
  hasFixedStop,
  plannedPlatforms,
  type PlatformName,
  platforms,
  PORT_PLATFORM_VARIABLES,
} from "../../../lib/plan/platforms.ts";
import { AFTER_GRACE_MS } from "../../../lib/plan/stop_times.ts";
import { property } from "../support/cases.ts";
import { invocationFor } from "../support/invocation_for.ts";

const MOST = 2_147_483;
/** Most values are like those that people use, and some are as large as they may be. */
const seconds = (least: number) =>
  fc.oneof({ weight: 4, arbitrary: fc.integer({ min: least, max: 600 }) }, {
    weight: 1,
    arbitrary: fc.integer({ min: least, max: MOST }),
  });

const times = fc.record({
  "grace-period": seconds(1),
  "drain-delay": seconds(0),
  "start-timeout": seconds(0),
  "timeout": seconds(0),
  "proxy-read-timeout": seconds(1),
}, { requiredKeys: [] }).filter((given) =>
  (given["drain-delay"] ?? 0) < (given["grace-period"] ?? 25)
);
type Times = Partial<Record<string, number>>;

const platform = fc.constantFrom(...plannedPlatforms);

function invocation(given: Times) {
  return invocationFor(Object.entries(given).map(([flag, value]) => `--${flag}=${value}`));
}

function numbersOf({ numbers }: PlatformPlan): Record<string, number> {
  return Object.fromEntries(numbers.map(({ name, value }) => [name, value]));
}

const stopNames = {
  docker: "--stop-timeout",
  compose: "stop_grace_period",
  kubernetes: "terminationGracePeriodSeconds",
  ecs: "stopTimeout",
  systemd: "TimeoutStopSec",
} as const;

property("plan: the platform never kills before a stop may be over", [platform, times], (
  platform,
  given,
) => {
  const plan = planPlatform(invocation(given), platform);
  const { gracePeriod, drainDelay, startTimeout } = plan.settings;
  const { deadlines } = planLaunch(invocation({
    "grace-period": gracePeriod,
    "drain-delay": drainDelay,
    "start-timeout": startTimeout,
  }));
  assert.ok(deadlines.drainDelay < deadlines.nginx && deadlines.nginx < deadlines.grace);
  const numbers = numbersOf(plan);
  const { stopTimeout, longest = Infinity } = platforms[platform];
  const time = platform in stopNames
    ? numbers[stopNames[platform as keyof typeof stopNames]]
    : stopTimeout;
  assert.ok(time! * 1000 >= deadlines.grace + AFTER_GRACE_MS, `${time} s`);
  assert.ok(time! <= longest);
  if (platform === "ecs") {
    assert.ok(numbers["deregistration_delay.timeout_seconds"]! * 1000 >= deadlines.grace);
  }
});

property("plan: what was given is only ever lowered, and only where it does not fit", [
  platform,
  times,
], (platform, given) => {
  const { gracePeriod, drainDelay, startTimeout, timeout } =
    planPlatform(invocation(given), platform).settings;
  const { "grace-period": grace = 25, "drain-delay": delay, "start-timeout": start } = given;
  assert.ok(gracePeriod <= grace);
  assert.ok(drainDelay <= (delay ?? Infinity));
  if (start) assert.ok(startTimeout <= start);
  assert.equal(timeout, given.timeout ?? 60);
  const isFree = ["docker", "compose", "kubernetes", "systemd"].includes(platform);
  if (isFree) {
    assert.equal(gracePeriod, grace);
    if (delay !== undefined) assert.equal(drainDelay, delay);
    if (start) assert.equal(startTimeout, start);
  }
});

/** How long a probe fails until the platform acts, in seconds. */
const failing = (numbers: Record<string, number>, probe: string) =>
  numbers[`${probe}.periodSeconds`]! * (numbers[`${probe}.failureThreshold`]! - 1);

property("plan: no platform gives up a start before tandem does", [platform, times], (
  platform,
  given,
) => {
  const plan = planPlatform(invocation(given), platform);
  const { startTimeout, gracePeriod } = plan.settings;
  const numbers = numbersOf(plan);
  const windows: Partial<Record<typeof platform, number>> = {
    docker: numbers["--start-period"],
    compose: numbers["healthcheck.start_period"],
    kubernetes: failing(numbers, "startupProbe"),
    ecs: numbers["healthCheck.startPeriod"]! +
      numbers["healthCheck.interval"]! * (numbers["healthCheck.retries"]! - 1),
    sagemaker: numbers["ContainerStartupHealthCheckTimeoutInSeconds"]! - 1,
    systemd: numbers["TimeoutStartSec"]! - gracePeriod,
    cloudrun: failing(numbers, "startupProbe"),
  };
  assert.ok(windows[platform]! >= startTimeout, `${windows[platform]} s, ${startTimeout} s`);
  if (platform === "kubernetes") {
    assert.ok(numbers["progressDeadlineSeconds"]! > startTimeout);
    assert.ok(numbers["progressDeadlineSeconds"]! < 2 ** 31);
  }
  if (platform === "ecs") {
    assert.ok(numbers["healthCheckGracePeriodSeconds"]! > startTimeout);
  }
  if (platform === "cloudrun") {
    const { "startupProbe.periodSeconds": period, "startupProbe.failureThreshold": failures } =
      numbers;
    assert.ok(period! * failures! <= 240, "the longest start that Cloud Run allows");
  }
});

property("plan: a busy pair is not restarted, and each probe outlasts tandem health", [
  platform,
  times,
], (platform, given) => {
  const { timeout, proxyReadTimeout } = invocation(given).settings;
  const silence = timeout || proxyReadTimeout;
  const numbers = numbersOf(planPlatform(invocation(given), platform));
  if (platform === "kubernetes" || platform === "cloudrun") {
    assert.ok(failing(numbers, "livenessProbe") >= silence);
    assert.ok(failing(numbers, "livenessProbe") < silence + 20, "not much longer either");
    for (const probe of ["startupProbe", "readinessProbe", "livenessProbe"]) {
      const { [`${probe}.timeoutSeconds`]: limit, [`${probe}.periodSeconds`]: period } = numbers;
      if (platform === "kubernetes") assert.ok(limit! * 1000 > HEALTH_MS);
      else if (limit !== undefined) assert.ok(limit <= period!, "Cloud Run refuses others");
    }
  }
  if (platform === "ecs") {
    const { "healthCheck.interval": interval, "healthCheck.retries": retries } = numbers;
    assert.ok(interval! >= 5 && interval! <= 300);
    assert.ok(retries! >= 2 && retries! <= 10);
    assert.ok(interval! * (retries! - 1) >= Math.min(silence, 2700));
    assert.equal(numbers["HealthCheckIntervalSeconds"], interval);
    assert.equal(numbers["UnhealthyThresholdCount"], retries);
    assert.ok(numbers["HealthCheckTimeoutSeconds"]! < interval!);
  }
});

property("plan: its own settings, given back, make the same numbers", [platform, times], (
  platform,
  given,
) => {
  const first = planPlatform(invocation(given), platform);
  const { gracePeriod, drainDelay, startTimeout } = first.settings;
  const second = planPlatform(
    invocation({
      ...given,
      "grace-period": gracePeriod,
      "drain-delay": drainDelay,
      "start-timeout": startTimeout,
    }),
    platform,
  );
  assert.deepEqual(numbersOf(second), numbersOf(first));
});

property("plan: each number has a name of its own, a whole value and a reason", [
  platform,
  times,
], (platform, given) => {
  const { numbers } = planPlatform(invocation(given), platform);
  assert.equal(new Set(numbers.map(({ name }) => name)).size, numbers.length);
  for (const { name, value, unit, reason } of numbers) {
    assert.ok(Number.isSafeInteger(value) && value >= 0, `${name}: ${value}`);
    assert.ok(unit === "s" || value > 0, `${name}: ${value} times`);
    assert.match(reason, /^[^\n.]+[^\n]*[^.\n]$/);
  }
});

Deno.test("plan: Kubernetes gets a drain delay unless one is set, because it removes the endpoint late", () => {
  const delay = (given: Times) => planPlatform(invocation(given), "kubernetes").settings.drainDelay;
  assert.equal(delay({}), 5);
  assert.equal(delay({ "drain-delay": 0 }), 0);
  assert.equal(delay({ "drain-delay": 9 }), 9);
  assert.equal(delay({ "grace-period": 12 }), 2, "most of the time is left for requests");
  assert.equal(planPlatform(invocation({}), "docker").settings.drainDelay, 0);
});

Deno.test("plan: what is lowered says so", () => {
  const given = { "grace-period": 60, "drain-delay": 20, "start-timeout": 900 };
  const reasons = planPlatform(invocation(given), "cloudrun").numbers.slice(0, 3)
    .map(({ value, reason }) => [value, reason]);
  assert.deepEqual(reasons, [
    [6, "Cloud Run kills after 10 s, and a stop may take 4 s more than this; lowered from 60"],
    [1, "at most a fifth of the grace period; lowered from 20"],
    [230, "Cloud Run waits 240 s for a start; lowered from 900"],
  ]);
});

Deno.test("platforms: the variables tell where tandem runs, the innermost first", () => {
  const found = (...names: string[]) => {
    const platform = findPlatform((name) => names.includes(name) ? "x" : undefined);
    return (Object.keys(platforms) as PlatformName[]).find((name) => platforms[name] === platform);
  };
  assert.equal(found(), undefined);
  assert.equal(found("PATH", "container"), undefined);
  assert.equal(found("KUBERNETES_SERVICE_HOST"), "kubernetes");
  assert.equal(found("ECS_CONTAINER_METADATA_URI_V4"), "ecs");
  assert.equal(found("K_SERVICE"), "cloudrun");
  assert.equal(found("INVOCATION_ID"), "systemd");
  assert.equal(found("SAGEMAKER_SAFE_PORT_RANGE"), "sagemaker");
  assert.equal(found("DYNO"), "heroku");
  assert.equal(found("K_SERVICE", "KUBERNETES_SERVICE_HOST"), "kubernetes", "Knative");
  assert.equal(found("KUBERNETES_SERVICE_HOST", "SUPERVISOR_ENABLED"), "supervisord");
  assert.equal(found("INVOCATION_ID", "SUPERVISOR_ENABLED"), "supervisord");
  for (const name of PORT_PLATFORM_VARIABLES) assert.notEqual(found(name), undefined);
  const fixed = Object.values(platforms).filter(hasFixedStop);
  assert.deepEqual(FIXED_STOP_VARIABLES, fixed.flatMap(({ knownBy = [] }) => knownBy));
  assert.equal(findPlatform(() => ""), undefined, "an empty variable counts as unset");
});
