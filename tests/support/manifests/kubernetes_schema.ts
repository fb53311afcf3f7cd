/** Validates manifests against the schemas that Kubernetes and Knative publish, as `kubernetes-models` has them. */

import { validate as knativeService } from "@kubernetes-models/knative/_schemas/DevKnativeServingPkgApisServingV1Service";
import { validate as deployment } from "kubernetes-models/_schemas/IoK8sApiAppsV1Deployment";
import { validate as autoscaler } from "kubernetes-models/_schemas/IoK8sApiAutoscalingV2HorizontalPodAutoscaler";
import { validate as service } from "kubernetes-models/_schemas/IoK8sApiCoreV1Service";
import { validate as disruptionBudget } from "kubernetes-models/_schemas/IoK8sApiPolicyV1PodDisruptionBudget";
import type { Manifest } from "./manifest.ts";

interface Validate {
  (data: unknown): boolean;
  errors?: { instancePath: string; message?: string; keyword: string; params: unknown }[] | null;
}

const validators: Record<string, Validate> = {
  "apps/v1 Deployment": deployment as Validate,
  "autoscaling/v2 HorizontalPodAutoscaler": autoscaler as Validate,
  "policy/v1 PodDisruptionBudget": disruptionBudget as Validate,
  "serving.knative.dev/v1 Service": knativeService as Validate,
  "v1 Service": service as Validate,
};

/** @returns one line for each value of a wrong type, each missing key and each unknown key */
export function kubernetesErrors(manifest: Manifest): string[] {
  const name = `${manifest.apiVersion} ${manifest.kind}`;
  const validate = validators[name];
  if (!validate) return [`no schema for ${name}`];
  const unread: Unread = new Map();
  const isValid = validate(observed(manifest, "", unread));
  // They stop at nothing, so each key that they know has been read, whether or not its value is valid.
  const unknown = [...unread].flatMap(([path, keys]) =>
    [...keys].map((key) => `${path}/${key} is unknown`)
  );
  const errors = isValid ? [] : validate.errors ?? [];
  return [
    ...errors.map(({ instancePath, keyword, params }) =>
      `${instancePath || "/"} ${keyword} ${JSON.stringify(params)}`
    ),
    ...unknown,
  ];
}

/** For each map, by its path, the keys that nobody has read. */
type Unread = Map<string, Set<string>>;

/**
 * The schemas allow unknown keys, so that a misspelled one would go unnoticed. Their validators read every key that a
 * schema names, and all keys of a map of free names; what they have not read is unknown.
 */
function observed<T>(value: T, path: string, unread: Unread): T {
  if (typeof value !== "object" || value === null) return value;
  const keys = new Set(Array.isArray(value) ? [] : Object.keys(value));
  unread.set(path, keys);
  return new Proxy(value, {
    get(target, key) {
      keys.delete(String(key));
      const child = Reflect.get(target, key);
      return Object.hasOwn(target, key) ? observed(child, `${path}/${String(key)}`, unread) : child;
    },
  });
}
