/** The manifests in deploy/kubernetes/, built by kubectl and run by `podman kube play`. */

import assert from "node:assert/strict";
import { parseAllDocuments } from "yaml";
import { prepareRoot, prepareRootWith } from "../../matrix/roots.ts";
import type { Edition } from "../../support/editions.ts";
import type { Manifest } from "../../support/manifests/manifest.ts";
import { buildKustomization } from "../../support/manifests/kustomize.ts";
import { kubernetesErrors } from "../../support/manifests/kubernetes_schema.ts";
import { repository } from "../../support/paths.ts";
import type { Figures, Platform, Prepared } from "../platform.ts";
import { Engine } from "../podman/engine.ts";
import { BASE, Images } from "../podman/images.ts";
import { PlayedPod } from "./played_pod.ts";

let engine: Engine;
let images: Images;
let kubectl: string;

export const kubePlay: Platform = {
  name: "kube-play",
  prepare,
  trials: [
    { name: "base: probes, a stop with requests in flight", run: stopsUnderLoad },
    { name: "base: a killed child, and the restart that follows", run: restarts },
    { name: "staging: a CPU limit of 1 gives one worker", run: countsCpus },
    { name: "kubectl kustomize builds what the unit tests check", run: buildsTheSame },
  ],
};

async function prepare(): Promise<Prepared> {
  const started = await Engine.start();
  if (typeof started === "string") return { kind: "ignored", reason: started };
  engine = started;
  const root = await prepareRoot("bookworm");
  if (root.kind === "ignored") return root;
  const tools = await prepareRootWith("kubectl", "trixie", ["kubernetes-client"]);
  if (tools.kind === "ignored") return tools;
  kubectl = `${tools.path}/usr/bin/kubectl`;
  await engine.import(root.path, BASE);
  images = new Images(engine);
  const podman = await engine.done("version", "--format", "{{.Client.Version}}");
  const [, version] = /Client Version: v(\S+)/.exec(await runKubectl("version", "--client")) ?? [];
  return { kind: "ready", version: `podman ${podman}, kubectl ${version}` };
}

async function stopsUnderLoad(edition: Edition): Promise<Figures> {
  await using pod = await play("base", edition, { TANDEM_WORKERS: "1" });
  await pod.started();
  assert.equal(await pod.probe("readinessProbe"), 0, "the readiness probe");
  assert.equal(await pod.probe("livenessProbe"), 0, "the liveness probe");
  const requests = await pod.sendRequests();
  const stopped = pod.stop();
  // podman runs no probe in a container that it stops.
  await pod.looksAway();
  await stopped;
  const figures = await requests.allAnswered();
  const status = await pod.exitStatus();
  assert.equal(status, 0, await pod.logs());
  assert.match(pod.terminationMessage(), /stopped: SIGTERM; .* exit 0$/m);
  return { ...figures, remarks: `exit ${status}` };
}

async function restarts(edition: Edition): Promise<Figures> {
  await using pod = await play("base", edition, { TANDEM_WORKERS: "1" });
  await pod.started();
  await pod.killMaster("gunicorn");
  await pod.restarted();
  await pod.started();
  const message = pod.terminationMessage();
  assert.match(message, /gunicorn.*SIGKILL.*exit 137$/m);
  return { remarks: "the termination log has the cause; restarted by podman, ready again" };
}

async function countsCpus(edition: Edition): Promise<Figures> {
  await using pod = await play("overlays/staging", edition, {});
  await pod.started();
  const workers = await pod.workers();
  assert.equal(workers, 1);
  return { remarks: `${workers} worker, ${navigator.hardwareConcurrency} CPUs` };
}

async function buildsTheSame(): Promise<Figures> {
  const folders = ["base", "overlays/staging", "overlays/large-model"];
  for (const folder of folders) {
    const built = await build(folder);
    assert.deepEqual(built.flatMap(kubernetesErrors), []);
    assert.deepEqual(byKind(built), byKind(buildKustomization(`kubernetes/${folder}`)));
  }
  return { remarks: folders.join(", ") };
}

async function play(folder: string, edition: Edition, env: Record<string, string>) {
  const image = await images.build("debian", edition);
  const deployment = (await build(folder)).find(({ kind }) => kind === "Deployment");
  return await PlayedPod.start(engine, deployment, { image, env });
}

/** @param folder below deploy/kubernetes/ */
async function build(folder: string): Promise<Manifest[]> {
  const text = await runKubectl("kustomize", `${repository}/deploy/kubernetes/${folder}`);
  return parseAllDocuments(text).map((document) => document.toJS());
}

async function runKubectl(...args: string[]): Promise<string> {
  const { success, stdout, stderr } = await new Deno.Command(kubectl, { args }).output();
  if (!success) throw new Error(`kubectl ${args[0]}: ${new TextDecoder().decode(stderr)}`);
  return new TextDecoder().decode(stdout);
}

function byKind(manifests: Manifest[]): Record<string, Manifest> {
  return Object.fromEntries(manifests.map((manifest) => [manifest.kind, manifest]));
}
