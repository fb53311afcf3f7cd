/** One container of an image, on the machine's network with a port of its own. */

import { type ReservedPort, reservePort } from "../../support/machine/ports.ts";
import { ask } from "../../support/traffic/http_client.ts";
import { until } from "../../support/waiting.ts";
import type { Figures } from "../platform.ts";
import { RequestsInFlight } from "../requests_in_flight.ts";
import type { Engine, Outcome } from "./engine.ts";

const IN_FLIGHT = 16;

/** An app takes half a second to start, on a machine with much else to do. */
const SOON_MS = 60_000;

/** Of `podman healthcheck run`; 125 if it cannot run the check. */
const UNHEALTHY = 1;

export interface ContainerOptions {
  image: string;
  /** Flags of `podman run`. */
  flags?: readonly string[];
  /** After the image's name. */
  args?: string[];
  /** The text of /opt/program/nginx.conf for a port. */
  conf?: (port: number) => string;
}

export class Container implements AsyncDisposable {
  readonly #engine: Engine;
  readonly #id: string;
  readonly #port: ReservedPort;

  private constructor(engine: Engine, id: string, port: ReservedPort) {
    this.#engine = engine;
    this.#id = id;
    this.#port = port;
  }

  static async start(
    engine: Engine,
    { image, flags = [], args = [], conf }: ContainerOptions,
  ): Promise<Container> {
    const port = reservePort();
    const volumes: string[] = [];
    if (conf) {
      const path = `${engine.folder(`conf-${port.number}`)}/nginx.conf`;
      Deno.writeTextFileSync(path, conf(port.number));
      volumes.push("--volume", `${path}:/opt/program/nginx.conf:ro`);
    }
    const id = await engine.done(
      ...["run", "--detach", "--network=host", ...engine.containerFlags],
      // One worker counts all requests that are in the app.
      ...["--env", `TANDEM_PORT=${port.number}`, "--env", "TANDEM_WORKERS=1"],
      ...[...flags, ...volumes, image, ...args],
    );
    return new Container(engine, id, port);
  }

  get port(): number {
    return this.#port.number;
  }

  /** Waits until the image's own health check passes. */
  async healthy(): Promise<void> {
    await until(SOON_MS, "a healthy container", async () => {
      if (await this.#state("Running") !== "true") throw new Error(await this.logs());
      return await this.#checkHealth() === 0;
    });
  }

  async unhealthy(): Promise<void> {
    await until(
      SOON_MS,
      "an unhealthy container",
      async () => await this.#checkHealth() === UNHEALTHY,
    );
  }

  /** For an image without a health check. */
  async answering(): Promise<void> {
    await until(SOON_MS, "an answer", async () => {
      if (await this.#state("Running") !== "true") throw new Error(await this.logs());
      return await ask(this.port, "/ping").then(({ status }) => status === 200, () => false);
    });
  }

  /** Runs the image's HEALTHCHECK. */
  async #checkHealth(): Promise<number> {
    return (await this.#engine.run("healthcheck", "run", this.#id)).code;
  }

  /** @returns once all of them are in the app */
  async sendRequests(): Promise<RequestsInFlight> {
    const requests = new RequestsInFlight(this.port, "/invocations", IN_FLIGHT);
    await until(
      SOON_MS,
      `${IN_FLIGHT} requests in the app`,
      async () => (await ask(this.port, "/active")).body === `${IN_FLIGHT}`,
    );
    return requests;
  }

  async exit(): Promise<number> {
    return Number(await this.#engine.done("wait", this.#id));
  }

  /**
   * Stops it with requests in flight.
   * @param flags of `podman stop`
   * @throws {Error} if one is lost, or the exit status is not 0
   */
  async stopUnderLoad(flags = ["-t", "30"]): Promise<Figures> {
    const requests = await this.sendRequests();
    await this.#engine.done("stop", ...flags, this.#id);
    const status = await this.exit();
    const figures = await requests.allAnswered();
    if (status !== 0) throw new Error(`exit ${status}\n${await this.logs()}`);
    return { ...figures, remarks: "exit 0" };
  }

  exec(...command: string[]): Promise<Outcome> {
    return this.#engine.run("exec", this.#id, ...command);
  }

  async signal(signal: string): Promise<void> {
    await this.#engine.done("kill", "--signal", signal, this.#id);
  }

  /** Both outputs. */
  async logs(): Promise<string> {
    const { stdout, stderr } = await this.#engine.run("logs", this.#id);
    return stdout + stderr;
  }

  #state(key: string): Promise<string> {
    return this.#engine.done("inspect", "--format", `{{.State.${key}}}`, this.#id);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#engine.done("rm", "--force", "--time", "0", this.#id);
    this.#port[Symbol.dispose]();
  }
}
