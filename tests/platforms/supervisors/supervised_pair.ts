/** A pair that a supervisor runs in a container, with the questions and waits that the trials share. */

import assert from "node:assert/strict";
import type { Edition } from "../../support/editions.ts";
import { isTaken, type ReservedPort, reservePort } from "../../support/machine/ports.ts";
import { isAlive, readEntry } from "../../support/machine/process_table.ts";
import { fixtures } from "../../support/paths.ts";
import { ask } from "../../support/traffic/http_client.ts";
import { until } from "../../support/waiting.ts";
import { RequestsInFlight } from "../requests_in_flight.ts";
import { Container, PATIENCE_MS } from "./container.ts";
import { rootPath, type Supervisor } from "./supervisor.ts";

/** The app is imported once this file exists, so that a supervisor that is ready too early is found out. */
const GATE = "/run/import";
const APP = `import os, time
while not os.path.exists("${GATE}"):
    time.sleep(0.02)
${Deno.readTextFileSync(`${fixtures}/app.py`)}`;

const FINISH = "/run/finish";
const REQUESTS = 16;

export class SupervisedPair implements AsyncDisposable {
  private constructor(
    readonly supervisor: Supervisor,
    readonly container: Container,
    private readonly port: ReservedPort,
  ) {}

  static async start(
    supervisor: Supervisor,
    edition: Edition,
    files: Record<string, string> = {},
  ): Promise<SupervisedPair> {
    const port = reservePort();
    const variables = { TANDEM_PORT: `${port.number}`, TANDEM_WORKERS: "1" };
    const [path, text] = supervisor.settings(variables);
    const { deploy, command } = supervisor;
    const container = await Container.start(rootPath(), {
      ...{ edition, deploy, command },
      files: { ...supervisor.files, "/opt/program/wsgi.py": APP, [path]: text, ...files },
    });
    return new SupervisedPair(supervisor, container, port);
  }

  /** Opens the gate for the app's import, and waits until the supervisor says that the pair is ready. */
  async serve(): Promise<void> {
    this.container.write(GATE, "");
    await this.isReady();
  }

  async isReady(): Promise<void> {
    const isReady = () => this.supervisor.isReady(this.container);
    await until(PATIENCE_MS, "the supervisor to say that the pair is ready", isReady);
    // Not a moment later: nothing may be ready before it answers.
    assert.equal((await ask(this.port.number, "/ping")).status, 200);
  }

  /** @returns once all requests are in the app, where they wait for `finishRequests` */
  async requestsInFlight(): Promise<RequestsInFlight> {
    const before = this.#arrived().length;
    const path = `/invocations?until=${FINISH}`;
    const requests = new RequestsInFlight(this.port.number, path, REQUESTS);
    const areIn = () => this.#arrived().length >= before + REQUESTS;
    await until(PATIENCE_MS, "all requests with the app", areIn);
    return requests;
  }

  /** To be called when a stop has been asked for: waits until nginx accepts nothing more. */
  async finishRequests(): Promise<void> {
    const isClosed = async () => !await isTaken(this.port.number);
    await until(PATIENCE_MS, "nginx to close its port", isClosed);
    this.container.write(FINISH, "");
  }

  /** The pid of the worker that answers, inside of the container. */
  async worker(): Promise<string> {
    assert.equal((await ask(this.port.number, "/invocations")).status, 200);
    return this.#arrived().at(-1)!;
  }

  /** The pids outside of the container. */
  masters(): number[] {
    return (["nginx", "gunicorn"] as const).map((name) => {
      const pid = this.container.master(name);
      assert.ok(pid !== undefined, `${name} runs`);
      return pid;
    });
  }

  tandem(): number {
    const [, gunicorn = 0] = this.masters();
    const tandem = readEntry(gunicorn)?.parent;
    assert.ok(tandem !== undefined);
    return tandem;
  }

  async areGone(pids: readonly number[]): Promise<void> {
    await until(PATIENCE_MS, `the end of ${pids}`, () => !pids.some(isAlive));
  }

  async hasExitedWith(status: number): Promise<void> {
    await until(PATIENCE_MS, `the supervisor to see exit status ${status}`, async () => {
      const statuses = await this.supervisor.exitStatuses(this.container);
      return statuses.at(-1) === status;
    });
  }

  /** A line that was cut or mixed with another one does not match. */
  logIsWhole(): void {
    const lines = this.supervisor.log(this.container).split("\n")
      .filter((line) => line.includes(FINISH));
    assert.equal(lines.length, REQUESTS, "one line of log for each request");
    for (const line of lines) assert.match(line, LOG_LINE);
  }

  #arrived(): string[] {
    return this.container.read("/opt/program/arrived").split("\n").slice(0, -1);
  }

  /** For the message of a failed trial. */
  get story(): string {
    return `${this.supervisor.log(this.container).slice(-3000)}\n--- the supervisor's output:\n` +
      this.container.output.tail;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.container[Symbol.asyncDispose]();
    this.port[Symbol.dispose]();
  }
}

/** In the format of the built-in nginx.conf, after the logger's time. */
const LOG_LINE =
  /^([@\d][\w:.-]*( [\d:.]+)? +)?127\.0\.0\.1 - - \[[^\]]+\] "GET \/invocations\?until=\/run\/finish HTTP\/1\.0" 200 \d+ "-" "-" [\d.]+ [\d.]+ [0-9a-f]{32}$/;
