/** The pod of a Deployment under `podman kube play`. */

import { stringify } from "yaml";
import type { Manifest } from "../../support/manifests/manifest.ts";
import { type ReservedPort, reservePort } from "../../support/machine/ports.ts";
import { ask } from "../../support/traffic/http_client.ts";
import { until } from "../../support/waiting.ts";
import { type Engine, removeGroup } from "../podman/engine.ts";
import { RequestsInFlight } from "../requests_in_flight.ts";

const IN_FLIGHT = 16;
/** For a start on a busy machine. */
const SOON_MS = 120_000;

export interface PlayOptions {
  image: string;
  /** Beside the manifest's own. */
  env: Record<string, string>;
}

export class PlayedPod implements AsyncDisposable {
  private constructor(
    private readonly engine: Engine,
    private readonly manifest: Manifest,
    private readonly path: string,
    private readonly message: string,
    private readonly port: ReservedPort,
  ) {}

  /** @param deployment changed only where podman or this machine needs it */
  static async start(
    engine: Engine,
    deployment: Manifest,
    { image, env }: PlayOptions,
  ): Promise<PlayedPod> {
    const port = reservePort();
    const manifest = structuredClone(deployment);
    const pod = manifest.spec.template.spec;
    const [container] = pod.containers;
    container.image = image;
    // Nothing pulls what was just built.
    delete container.imagePullPolicy;
    // A network of the pod's own needs CNI plugins; on the machine's, port 8080 may be in use.
    pod.hostNetwork = true;
    delete container.ports;
    const added = { TANDEM_PORT: `${port.number}`, ...env };
    container.env.push(...Object.entries(added).map(([name, value]) => ({ name, value })));

    const folder = engine.folder("kube-play");
    const message = `${folder}/termination-log`;
    mountMessage(pod, message);
    const path = `${folder}/deployment.yaml`;
    Deno.writeTextFileSync(path, stringify(manifest));
    const played = new PlayedPod(engine, manifest, path, message, port);
    try {
      await engine.done("kube", "play", path);
      return played;
    } catch (error) {
      await played[Symbol.asyncDispose]();
      throw error;
    }
  }

  get #container(): string {
    return `${this.#pod}-${this.#spec.containers[0].name}`;
  }

  get #pod(): string {
    return `${this.manifest.metadata.name}-pod-0`;
  }

  get #spec(): Manifest {
    return this.manifest.spec.template.spec;
  }

  /** Waits until the startup probe passes. */
  async started(): Promise<void> {
    await until(SOON_MS, "a startup probe that passes", async () => {
      return await this.probe("startupProbe") === 0;
    });
  }

  /**
   * Runs a probe of the manifest, as the kubelet would.
   * @returns its exit status
   */
  async probe(name: "startupProbe" | "readinessProbe" | "livenessProbe"): Promise<number> {
    const { command } = this.#spec.containers[0][name].exec;
    return (await this.engine.run("exec", this.#container, ...command)).code;
  }

  /** @returns once all of them are in the app */
  async sendRequests(): Promise<RequestsInFlight> {
    const { number } = this.port;
    const requests = new RequestsInFlight(number, "/invocations", IN_FLIGHT);
    await until(
      SOON_MS,
      `${IN_FLIGHT} requests in the app`,
      async () => (await ask(number, "/active")).body === `${IN_FLIGHT}`,
    );
    return requests;
  }

  /** Stops the pod within the manifest's time, which podman 4.3 does not take from it. */
  async stop(): Promise<void> {
    const seconds = `${this.#spec.terminationGracePeriodSeconds}`;
    await this.engine.done("pod", "stop", "-t", seconds, this.#pod);
  }

  /** Waits until the ready path tells load balancers to look away, as it does during the drain delay. */
  async looksAway(): Promise<void> {
    const { number } = this.port;
    await until(SOON_MS, "503", async () => (await ask(number, "/ping")).status === 503);
  }

  async exitStatus(): Promise<number> {
    return Number(await this.#inspect("{{.State.ExitCode}}"));
  }

  async killMaster(name: "nginx" | "gunicorn"): Promise<void> {
    const { processes } = await this.#status();
    const master = processes.find(({ role }: { role: string }) => role === `${name} master`);
    await this.engine.done("exec", this.#container, "sh", "-c", `kill -KILL ${master.pid}`);
  }

  /** Waits until podman, as `restartPolicy: Always` has it, has started the container again. */
  async restarted(): Promise<void> {
    await until(
      SOON_MS,
      "a restart",
      async () => Number(await this.#inspect("{{.RestartCount}}")) === 1,
    );
  }

  async workers(): Promise<number> {
    const { processes } = await this.#status();
    return processes.filter(({ role }: { role: string }) => role === "gunicorn worker").length;
  }

  async #status(): Promise<Manifest> {
    return JSON.parse(
      await this.engine.done("exec", this.#container, "tandem", "status", "--json"),
    );
  }

  /** What `kubectl describe pod` would show as the reason of the last end. */
  terminationMessage(): string {
    return Deno.readTextFileSync(this.message);
  }

  async logs(): Promise<string> {
    const { stdout, stderr } = await this.engine.run("logs", this.#container);
    return stdout + stderr;
  }

  #inspect(format: string): Promise<string> {
    return this.engine.done("inspect", "--format", format, this.#container);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const { stdout } = await this.engine.run("pod", "inspect", "--format", "{{.ID}}", this.#pod);
    await this.engine.run("kube", "down", this.path);
    // podman 4.3 makes an emptyDir a volume that outlives the pod.
    await this.engine.run("volume", "prune", "--force");
    const id = stdout.trim();
    if (id) removeGroups(id);
    this.port[Symbol.dispose]();
  }
}

/** As the kubelet does, and podman does not: an empty file that every user may write to. */
function mountMessage(pod: Manifest, path: string): void {
  Deno.writeTextFileSync(path, "");
  Deno.chmodSync(path, 0o666);
  const [container] = pod.containers;
  const name = "termination-log";
  pod.volumes.push({ name, hostPath: { path, type: "File" } });
  container.volumeMounts.push({ name, mountPath: container.terminationMessagePath });
}

/** podman leaves the control groups of a pod and of its monitors behind, and their parent. */
function removeGroups(pod: string): void {
  for (const { name } of Deno.readDirSync("/sys/fs/cgroup")) {
    const parent = `/sys/fs/cgroup/${name}/libpod_parent`;
    for (const group of [pod, "conmon"]) removeGroup(`${parent}/${group}`);
    try {
      Deno.removeSync(parent);
    } catch {
      // Another pod is in it, or there is none.
    }
  }
}
