/** The numbers of a plan as a piece of the platform's own configuration. */

import type { PlatformPlan } from "../../plan/platform_plan.ts";
import type { PlannedPlatform } from "../../plan/platforms.ts";
import type { Settings } from "../../plan/settings.ts";
import { toYaml } from "./yaml.ts";

type Paths = Pick<Settings, "port" | "readyPath">;

/** @throws {Error} if the plan lacks a number that the snippet needs */
type NumberOf = (name: string) => number;

const HEALTH_COMMAND = ["tandem", "health"];

export function planSnippet({ platform, numbers }: PlatformPlan, paths: Paths): string {
  const numberOf: NumberOf = (name) => {
    const found = numbers.find((number) => number.name === name);
    if (!found) throw new Error(`The plan has no ${name}`);
    return found.value;
  };
  const variables = Object.fromEntries(
    numbers.filter(({ name }) => name.startsWith("TANDEM_"))
      .map(({ name, value }) => [name, `${value}`]),
  );
  return snippets[platform](numberOf, variables, paths);
}

type Variables = Readonly<Record<string, string>>;

const snippets: Record<
  PlannedPlatform,
  (numberOf: NumberOf, variables: Variables, paths: Paths) => string
> = {
  docker: (numberOf, variables) => {
    const options = ["--interval", "--timeout", "--start-period"]
      .map((name) => `${name}=${numberOf(name)}s`);
    return [
      ...Object.entries(variables).map(([name, value]) => `ENV ${name}=${value}`),
      `HEALTHCHECK ${options.join(" ")} --retries=${numberOf("--retries")} \\`,
      `  CMD ${JSON.stringify(HEALTH_COMMAND)}`,
      `# docker run --stop-timeout ${numberOf("--stop-timeout")} IMAGE`,
      "",
    ].join("\n");
  },
  compose: (numberOf, variables) =>
    toYaml({
      services: {
        model: {
          environment: variables,
          stop_grace_period: `${numberOf("stop_grace_period")}s`,
          healthcheck: {
            test: ["CMD", ...HEALTH_COMMAND],
            interval: `${numberOf("healthcheck.interval")}s`,
            timeout: `${numberOf("healthcheck.timeout")}s`,
            start_period: `${numberOf("healthcheck.start_period")}s`,
            retries: numberOf("healthcheck.retries"),
          },
        },
      },
    }),
  kubernetes(numberOf, variables) {
    const isServing = { exec: { command: [...HEALTH_COMMAND, "--ready"] } };
    const answers = { exec: { command: HEALTH_COMMAND } };
    return toYaml({
      spec: {
        progressDeadlineSeconds: numberOf("progressDeadlineSeconds"),
        template: {
          spec: {
            terminationGracePeriodSeconds: numberOf("terminationGracePeriodSeconds"),
            containers: [{
              name: "model",
              env: environmentList(variables),
              startupProbe: { ...isServing, ...probe("startupProbe", numberOf) },
              readinessProbe: { ...isServing, ...probe("readinessProbe", numberOf) },
              livenessProbe: { ...answers, ...probe("livenessProbe", numberOf) },
            }],
          },
        },
      },
    });
  },
  ecs: (numberOf, variables) =>
    toJson({
      taskDefinition: {
        containerDefinitions: [{
          environment: environmentList(variables),
          stopTimeout: numberOf("stopTimeout"),
          healthCheck: {
            command: ["CMD", ...HEALTH_COMMAND],
            interval: numberOf("healthCheck.interval"),
            timeout: numberOf("healthCheck.timeout"),
            startPeriod: numberOf("healthCheck.startPeriod"),
            retries: numberOf("healthCheck.retries"),
          },
        }],
      },
      service: { healthCheckGracePeriodSeconds: numberOf("healthCheckGracePeriodSeconds") },
      targetGroup: {
        HealthCheckIntervalSeconds: numberOf("HealthCheckIntervalSeconds"),
        HealthCheckTimeoutSeconds: numberOf("HealthCheckTimeoutSeconds"),
        HealthyThresholdCount: numberOf("HealthyThresholdCount"),
        UnhealthyThresholdCount: numberOf("UnhealthyThresholdCount"),
        Attributes: [{
          Key: "deregistration_delay.timeout_seconds",
          Value: `${numberOf("deregistration_delay.timeout_seconds")}`,
        }],
      },
    }),
  sagemaker(numberOf, variables) {
    const name = "ContainerStartupHealthCheckTimeoutInSeconds";
    return toJson({
      model: { PrimaryContainer: { Environment: variables } },
      endpointConfig: { ProductionVariants: [{ [name]: numberOf(name) }] },
    });
  },
  systemd: (numberOf, variables) =>
    [
      "[Service]",
      "Type=notify",
      "KillMode=mixed",
      ...Object.entries(variables).map(([name, value]) => `Environment=${name}=${value}`),
      `TimeoutStartSec=${numberOf("TimeoutStartSec")}`,
      `TimeoutStopSec=${numberOf("TimeoutStopSec")}`,
      "",
    ].join("\n"),
  cloudrun(numberOf, variables, { port, readyPath }) {
    const httpGet = { httpGet: { path: readyPath, port } };
    return toYaml({
      spec: {
        template: {
          spec: {
            containers: [{
              env: environmentList(variables),
              ports: [{ containerPort: port }],
              startupProbe: { ...httpGet, ...probe("startupProbe", numberOf) },
              livenessProbe: { ...httpGet, ...probe("livenessProbe", numberOf) },
            }],
          },
        },
      },
    });
  },
};

function environmentList(variables: Variables): { name: string; value: string }[] {
  return Object.entries(variables).map(([name, value]) => ({ name, value }));
}

function probe(name: string, numberOf: NumberOf): Record<string, number> {
  return Object.fromEntries(
    ["periodSeconds", "timeoutSeconds", "failureThreshold"]
      .map((key) => [key, numberOf(`${name}.${key}`)]),
  );
}

function toJson(value: unknown): string {
  return `${JSON.stringify(value, undefined, 2)}\n`;
}
