/** Every manifest in deploy/ that runs tandem: its container, and where the platform's numbers are in it. */

import type { PlannedPlatform } from "../../../lib/plan/platforms.ts";
import { buildKustomization } from "./kustomize.ts";
import { type Manifest, readManifest } from "./manifest.ts";

export interface Deployed {
  /** Below deploy/. */
  path: string;
  /** `undefined` if `tandem plan` does not know it. */
  platform: PlannedPlatform | undefined;
  /** The command line, without `tandem`. */
  args: string[];
  /** The platform's own variables included. */
  env: Record<string, string>;
  /** Every port that the manifest gives tandem or sends requests to. */
  ports: unknown[];
  /** The paths of probes over HTTP. */
  readyPaths: unknown[];
  /** The value under a name of `tandem plan`. */
  number(name: string): unknown;
  /** Commands of exec probes and health checks. */
  probes: string[][];
}

/** @param folder of a kustomization */
function fromKubernetes(folder: string): Deployed {
  const [manifest] = buildKustomization(folder).filter(({ kind }) => kind === "Deployment");
  return { ...fromPodTemplate(manifest), path: folder, platform: "kubernetes" };
}

function fromPodTemplate({ spec }: Manifest): Omit<Deployed, "path" | "platform"> {
  const pod = spec.template.spec;
  const [container] = pod.containers;
  const probes: Manifest[] = ["startupProbe", "readinessProbe", "livenessProbe"]
    .flatMap((name) => container[name] ?? []);
  // Kubernetes' own.
  const defaults = { progressDeadlineSeconds: 600 };
  return {
    args: container.command.slice(1),
    env: toRecord(container.env, "name", "value"),
    number: (name) =>
      [container, pod, spec, defaults].map((one) => valueAt(one, name))
        .find((value) => value !== undefined),
    ports: [
      ...container.ports.map(({ containerPort }: Manifest) => containerPort),
      ...probes.flatMap(({ httpGet }) => httpGet?.port ?? []),
    ],
    readyPaths: probes.flatMap(({ httpGet }) => httpGet?.path ?? []),
    probes: probes.flatMap(({ exec }) => exec ? [exec.command] : []),
  };
}

function fromEcs(path: string): Deployed {
  const { TaskDefinition, Service, TargetGroup } = readManifest(path).Resources;
  const [container] = TaskDefinition.Properties.ContainerDefinitions;
  const attributes = toRecord(TargetGroup.Properties.TargetGroupAttributes, "Key", "Value");
  const [, ...probe] = container.HealthCheck.Command;
  return {
    path,
    platform: "ecs",
    args: container.Command,
    env: toRecord(container.Environment, "Name", "Value"),
    number(name) {
      if (name in attributes) return Number(attributes[name]);
      // The API's names begin with a small letter, CloudFormation's with a capital.
      const key = name.replace(/(^|\.)\w/g, (letter) => letter.toUpperCase());
      return [container, Service.Properties, TargetGroup.Properties].map((one) => valueAt(one, key))
        .find((value) => value !== undefined);
    },
    ports: [
      ...container.PortMappings.map(({ ContainerPort }: Manifest) => ContainerPort),
      ...Service.Properties.LoadBalancers.map(({ ContainerPort }: Manifest) => ContainerPort),
      TargetGroup.Properties.Port,
    ],
    readyPaths: [TargetGroup.Properties.HealthCheckPath],
    probes: [probe],
  };
}

function fromSageMaker(path: string): Deployed {
  const { Model, EndpointConfig } = readManifest(path).Resources;
  const [variant] = EndpointConfig.Properties.ProductionVariants;
  return {
    path,
    platform: "sagemaker",
    // `docker run IMAGE serve`
    args: ["serve"],
    env: Model.Properties.PrimaryContainer.Environment,
    number: (name) => variant[name],
    // Fixed by SageMaker, as is the path.
    ports: [8080],
    readyPaths: ["/ping"],
    probes: [],
  };
}

export function readDeployed(): Deployed[] {
  const knative = (path: string, platform: PlannedPlatform | undefined): Deployed => {
    const deployed = fromPodTemplate(readManifest(path));
    const env = { ...deployed.env, K_SERVICE: "model", PORT: `${deployed.ports[0]}` };
    return { ...deployed, env, path, platform };
  };
  return [
    ...["base", "overlays/staging", "overlays/large-model"]
      .map((name) => fromKubernetes(`kubernetes/${name}`)),
    fromEcs("ecs/service.yaml"),
    fromSageMaker("sagemaker/endpoint.yaml"),
    knative("cloudrun/service.yaml", "cloudrun"),
    knative("knative/service.yaml", undefined),
  ];
}

function toRecord(list: Manifest[], key: string, value: string): Record<string, string> {
  return Object.fromEntries(list.map((entry) => [entry[key], entry[value]]));
}

/** @param path keys with dots between them */
function valueAt(map: Manifest, path: string): unknown {
  return path.split(".").reduce((value, key) => value?.[key], map);
}
