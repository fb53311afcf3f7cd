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

/** Of Cloud Run, Knative and Heroku, which set PORT. A list of its own, because a start does not load the table. */
export const PORT_PLATFORM_VARIABLES = ["K_SERVICE", "DYNO"] as const;

/** Of those that let nobody change the time of a stop; a list of its own for the same reason. */
export const FIXED_STOP_VARIABLES = ["SAGEMAKER_SAFE_PORT_RANGE", "K_SERVICE", "DYNO"] as const;

export interface Platform {
  readonly title: string;
  /** Seconds from the stop signal to SIGKILL unless configured otherwise; `undefined`: it never kills. */
  readonly stopTimeout: number | undefined;
  /** What changes that time; `undefined`: nothing does. */
  readonly setBy: string | undefined;
  /** The longest that it can be set to, in seconds. */
  readonly longest?: number;
  /** Variables of which it sets at least one for tandem. Docker, Podman, s6 and runit set none. */
  readonly knownBy?: readonly string[];
}

/** A platform that may run in another comes first: it is the one that stops tandem. */
export const platforms: Readonly<Record<PlatformName, Platform>> = {
  // https://docs.docker.com/reference/cli/docker/container/stop/
  docker: { title: "Docker", stopTimeout: 10, setBy: "docker run --stop-timeout, docker stop -t" },
  // https://docs.docker.com/reference/compose-file/services/#stop_grace_period
  compose: { title: "Docker Compose", stopTimeout: 10, setBy: "stop_grace_period" },
  // podman-stop(1)
  podman: { title: "Podman", stopTimeout: 10, setBy: "podman run --stop-timeout, podman stop -t" },
  // https://supervisord.org/configuration.html: stopwaitsecs; https://supervisord.org/subprocess.html
  supervisord: {
    title: "supervisord",
    stopTimeout: 10,
    setBy: "stopwaitsecs",
    knownBy: ["SUPERVISOR_ENABLED"],
  },
  // https://skarnet.org/software/s6/servicedir.html: timeout-kill is 0, which is never
  s6: { title: "s6", stopTimeout: undefined, setBy: "timeout-kill" },
  // sv(8): "stop" gives up waiting after 7 s, and only "force-stop" kills then
  runit: { title: "runit", stopTimeout: undefined, setBy: "sv -w S force-stop" },
  // https://kubernetes.io/docs/concepts/workloads/pods/pod-lifecycle/#pod-termination
  kubernetes: {
    title: "Kubernetes",
    stopTimeout: 30,
    setBy: "terminationGracePeriodSeconds",
    knownBy: ["KUBERNETES_SERVICE_HOST"],
  },
  // https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_ContainerDefinition.html: 120 s on Fargate
  ecs: {
    title: "Amazon ECS",
    stopTimeout: 30,
    setBy: "stopTimeout",
    longest: 120,
    knownBy: ["ECS_CONTAINER_METADATA_URI_V4"],
  },
  // https://docs.aws.amazon.com/sagemaker/latest/dg/your-algorithms-inference-code.html
  // Only of containers that share an endpoint; a single one has no variable that tells.
  sagemaker: {
    title: "Amazon SageMaker",
    stopTimeout: 30,
    setBy: undefined,
    knownBy: ["SAGEMAKER_SAFE_PORT_RANGE"],
  },
  // https://cloud.google.com/run/docs/container-contract; Knative sets the variable too, on Kubernetes
  cloudrun: { title: "Cloud Run", stopTimeout: 10, setBy: undefined, knownBy: ["K_SERVICE"] },
  // https://devcenter.heroku.com/articles/dynos#shutdown
  heroku: { title: "Heroku", stopTimeout: 30, setBy: undefined, knownBy: ["DYNO"] },
  // systemd-system.conf(5): DefaultTimeoutStopSec; systemd.exec(5): INVOCATION_ID
  systemd: {
    title: "systemd",
    stopTimeout: 90,
    setBy: "TimeoutStopSec",
    knownBy: ["INVOCATION_ID"],
  },
};

/** @returns `undefined` if no variable tells */
export function findPlatform(
  variable: (name: string) => string | undefined,
): Platform | undefined {
  return Object.values(platforms).find(({ knownBy }) => knownBy?.some((name) => variable(name)));
}

/** Where nothing changes the time of a stop, the settings have to fit it. */
export function hasFixedStop({ stopTimeout, setBy }: Platform): boolean {
  return stopTimeout !== undefined && setBy === undefined;
}
