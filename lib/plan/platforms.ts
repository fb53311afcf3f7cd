/** What is known of the platforms that run tandem: how long each waits after its stop signal, and how to tell it. */

/** Those for which `tandem plan` has numbers. */
export const plannedPlatforms = [
  "docker",
  "compose",
  "kubernetes",
  "ecs",
  "sagemaker",
  "systemd",
  "cloudrun",
] as const;
export type PlannedPlatform = typeof plannedPlatforms[number];

export type PlatformName = PlannedPlatform | "podman" | "heroku" | "supervisord" | "s6" | "runit";

export interface Platform {
  readonly title: string;
  /** Seconds from the stop signal to SIGKILL unless configured otherwise; `undefined`: it never kills. */
  readonly stopTimeout: number | undefined;
  /** What changes that time; `undefined`: nothing does. */
  readonly setBy: string | undefined;
  /** The longest that it can be set to, in seconds. */
  readonly longest?: number;
}

export const platforms: Record<PlatformName, Platform> = {
  // https://docs.docker.com/reference/cli/docker/container/stop/
  docker: { title: "Docker", stopTimeout: 10, setBy: "docker run --stop-timeout, docker stop -t" },
  // https://docs.docker.com/reference/compose-file/services/#stop_grace_period
  compose: { title: "Docker Compose", stopTimeout: 10, setBy: "stop_grace_period" },
  // podman-stop(1)
  podman: { title: "Podman", stopTimeout: 10, setBy: "podman run --stop-timeout, podman stop -t" },
  // https://kubernetes.io/docs/concepts/workloads/pods/pod-lifecycle/#pod-termination
  kubernetes: { title: "Kubernetes", stopTimeout: 30, setBy: "terminationGracePeriodSeconds" },
  // https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_ContainerDefinition.html: 120 s on Fargate.
  ecs: { title: "Amazon ECS", stopTimeout: 30, setBy: "stopTimeout", longest: 120 },
  // https://docs.aws.amazon.com/sagemaker/latest/dg/your-algorithms-inference-code.html
  sagemaker: { title: "Amazon SageMaker", stopTimeout: 30, setBy: undefined },
  // systemd-system.conf(5), DefaultTimeoutStopSec
  systemd: { title: "systemd", stopTimeout: 90, setBy: "TimeoutStopSec" },
  // https://cloud.google.com/run/docs/container-contract#instance-shutdown
  cloudrun: { title: "Cloud Run", stopTimeout: 10, setBy: undefined },
  // https://devcenter.heroku.com/articles/dynos#shutdown
  heroku: { title: "Heroku", stopTimeout: 30, setBy: undefined },
  // https://supervisord.org/configuration.html, stopwaitsecs
  supervisord: { title: "supervisord", stopTimeout: 10, setBy: "stopwaitsecs" },
  // https://skarnet.org/software/s6/servicedir.html, timeout-kill: 0, which is never
  s6: { title: "s6", stopTimeout: undefined, setBy: "timeout-kill" },
  // sv(8): "stop" reports a time-out after 7 s and lets the service go on; "force-stop" kills it.
  runit: { title: "runit", stopTimeout: undefined, setBy: "sv -w S force-stop" },
};
