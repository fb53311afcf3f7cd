/** A light load that counts what it asks, so that every lost request and log line shows. */

import assert from "node:assert/strict";
import { ask } from "../../support/traffic/http_client.ts";
import { pause, within } from "../../support/waiting.ts";

/**
 * Says each request in one line on stdout, and answers /invocations/slow after two seconds. /invocations/orphan leaves
 * a process that exits after a second.
 */
export const SOAK_APP = `
import subprocess, time
def app(environ, start_response):
    path = environ["PATH_INFO"]
    if environ["QUERY_STRING"]:
        print("request", environ["QUERY_STRING"], flush=True)
    if path == "/invocations/slow":
        time.sleep(2)
    if path == "/invocations/orphan":
        subprocess.check_call(["sh", "-c", "sleep 1 &"])
    start_response("200 OK", [("Content-Length", "2")])
    return [b"ok"]
`;

const CLIENTS = 2;
const PAUSE_MS = 400;
/** Far longer than the boot of both workers with a twentieth of a CPU. */
const ANSWER_MS = 120_000;

export class SoakClient {
  answered = 0;
  slowestMs = 0;
  #isOver = false;
  #next = 0;
  /** Settles when requests may be sent. */
  #gate = Promise.resolve();
  #inFlight = 0;
  readonly #clients: Promise<void>;

  constructor(private readonly port: number) {
    this.#clients = Promise.all(Array.from({ length: CLIENTS }, () => this.#askOn())).then(
      () => {},
    );
    // The error is thrown by the next check or by the stop.
    this.#clients.catch(() => this.#isOver = true);
  }

  /** @throws if a request was lost */
  async check(): Promise<void> {
    if (this.#isOver) await this.#clients;
  }

  /** Finishes the requests in flight, and sends a few that take two seconds. @returns their answers */
  async finish(): Promise<{ numbers: number[]; answers: Promise<unknown> }> {
    this.#isOver = true;
    await this.#clients;
    const numbers = Array.from({ length: 4 }, () => this.#next++);
    const asked = numbers.map((n) => this.#askOnce(`/invocations/slow?n=${n}`));
    return { numbers, answers: Promise.all(asked) };
  }

  /** Runs an action that may cost the requests in flight while there are none. */
  async whileIdle(action: () => Promise<void>): Promise<void> {
    const open = Promise.withResolvers<void>();
    this.#gate = open.promise;
    try {
      while (this.#inFlight > 0) {
        await this.check();
        await pause(10);
      }
      await action();
    } finally {
      open.resolve();
    }
  }

  async #askOn(): Promise<void> {
    while (!this.#isOver) {
      await this.#gate;
      this.#inFlight++;
      try {
        await this.#askOnce(`/invocations?n=${this.#next++}`);
      } finally {
        this.#inFlight--;
      }
      await pause(PAUSE_MS);
    }
  }

  async #askOnce(path: string): Promise<void> {
    const begin = performance.now();
    const { status, body } = await within(ANSWER_MS, path, ask(this.port, path));
    assert.deepEqual({ status, body }, { status: 200, body: "ok" }, path);
    this.slowestMs = Math.max(this.slowestMs, performance.now() - begin);
    this.answered++;
  }
}
