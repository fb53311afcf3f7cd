/** The manifests in deploy/ against the schemas that their platforms publish. */

import assert from "node:assert/strict";
import { cloudFormationErrors } from "../../support/manifests/cloudformation_schema.ts";
import { composeErrors } from "../../support/manifests/compose_schema.ts";
import { kubernetesErrors } from "../../support/manifests/kubernetes_schema.ts";
import { buildKustomization } from "../../support/manifests/kustomize.ts";
import { readManifest } from "../../support/manifests/manifest.ts";
import { repository } from "../../support/paths.ts";

const overlays = "kubernetes/overlays";
const kustomizations = [
  "kubernetes/base",
  ...[...Deno.readDirSync(`${repository}/deploy/${overlays}`)].map(({ name }) =>
    `${overlays}/${name}`
  ),
];

for (const folder of kustomizations) {
  Deno.test(`deploy/${folder}: every object is valid`, () => {
    for (const manifest of buildKustomization(folder)) {
      assert.deepEqual(kubernetesErrors(manifest), [], manifest.kind);
    }
  });

  Deno.test(`deploy/${folder}: the objects refer to each other`, () => {
    const built = buildKustomization(folder);
    const [deployment, service, budget, autoscaler] = [
      ...["Deployment", "Service", "PodDisruptionBudget", "HorizontalPodAutoscaler"],
    ].map((kind) => built.find((manifest) => manifest.kind === kind));
    const { template, selector } = deployment.spec;
    const { labels } = template.metadata;
    const [container] = template.spec.containers;

    assert.deepEqual(selector.matchLabels, labels);
    assert.deepEqual(service.spec.selector, labels);
    assert.deepEqual(budget.spec.selector.matchLabels, labels);
    assert.equal(service.spec.ports[0].targetPort, container.ports[0].name);
    assert.equal(autoscaler.spec.scaleTargetRef.name, deployment.metadata.name);
    assert.deepEqual(
      container.volumeMounts.map(({ name }: { name: string }) => name).sort(),
      template.spec.volumes.map(({ name }: { name: string }) => name).sort(),
    );
  });

  Deno.test(`deploy/${folder}: each file is used`, () => {
    const { resources, patches = [] } = readManifest(`${folder}/kustomization.yaml`);
    const used = [...resources, ...patches.map(({ path }: { path: string }) => path)];
    const files = [...Deno.readDirSync(`${repository}/deploy/${folder}`)].map(({ name }) => name);
    assert.deepEqual(
      files.sort(),
      ["kustomization.yaml", ...used.filter((name: string) => !name.startsWith("."))].sort(),
    );
  });
}

for (const path of ["cloudrun/service.yaml", "knative/service.yaml"]) {
  Deno.test(`deploy/${path} is valid`, () => {
    assert.deepEqual(kubernetesErrors(readManifest(path)), []);
  });
}

for (const path of ["ecs/service.yaml", "sagemaker/endpoint.yaml"]) {
  Deno.test(`deploy/${path} is valid`, () => {
    assert.deepEqual(cloudFormationErrors(readManifest(path)), []);
  });
}

Deno.test("deploy/docker/compose.yaml is valid", () => {
  assert.deepEqual(composeErrors(readManifest("docker/compose.yaml")), []);
});

Deno.test("manifests: wrong types and unknown keys are found in Compose files", () => {
  const compose = readManifest("docker/compose.yaml");
  const { model } = compose.services;
  model.stop_grace_period = 30;
  model.read_only = "yes";
  model.healthcheck.intervall = "10s";
  compose.servces = {};

  assert.deepEqual(composeErrors(compose), [
    '/ must NOT have additional properties {"additionalProperty":"servces"}',
    '/services/model/healthcheck must NOT have additional properties {"additionalProperty":"intervall"}',
    '/services/model/read_only must be boolean {"type":"boolean"}',
    '/services/model/stop_grace_period must be string {"type":"string"}',
  ]);
});

Deno.test("manifests: wrong types, unknown and missing keys are found in Kubernetes' objects", () => {
  const [deployment] = buildKustomization("kubernetes/base");
  const pod = deployment.spec.template.spec;
  pod.terminationGracePeriodSeconds = "29";
  pod.containers[0].livenessProbe.exec.comand = ["tandem"];
  pod.securityContext.seccompProfile.type = undefined;
  deployment.spec.selector = undefined;

  assert.deepEqual(
    kubernetesErrors(deployment).map((line) => line.split(" ").slice(0, 2).join(" ")).sort(),
    [
      "/spec required",
      "/spec/template/spec/containers/0/livenessProbe/exec/comand is",
      "/spec/template/spec/securityContext/seccompProfile required",
      "/spec/template/spec/terminationGracePeriodSeconds type",
    ],
  );
});

Deno.test("manifests: wrong types, unknown, missing and dangling names are found in templates", () => {
  const template = readManifest("ecs/service.yaml");
  const { TaskDefinition, Service, TargetGroup } = template.Resources;
  TaskDefinition.Properties.ContainerDefinitions[0].StopTimeout = "29";
  TaskDefinition.Properties.ContainerDefinitions[0].HealthCheck.Intervall = 10;
  Service.Properties.Cluster = { Ref: "Clusters" };
  TargetGroup.Properties.TargetGroupAttributes = {};
  delete template.Resources.ScalableTarget.Properties.MinCapacity;

  assert.deepEqual(cloudFormationErrors(template), [
    'TaskDefinition/ContainerDefinitions/0/StopTimeout is "29", not of type integer',
    "TaskDefinition/ContainerDefinitions/0/HealthCheck/Intervall is unknown",
    "Service: nothing is named Clusters",
    "TargetGroup/TargetGroupAttributes is {}, not of type array",
    "ScalableTarget/MinCapacity is missing",
  ]);
});
