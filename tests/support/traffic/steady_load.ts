import { ask } from "./http_client.ts";

const CLIENTS = 4;

/** Clients that send requests without a pause, and record every answer that is not 200. */
export class SteadyLoad {
  readonly failures: string[] = [];
  answered = 0;
  #isOver = false;
  readonly #clients: Promise<void>[];

  constructor(private readonly port: number) {
    this.#clients = Array.from({ length: CLIENTS }, () => this.#askOn());
  }

  /** Finishes the requests in flight. */
  async stop(): Promise<void> {
    this.#isOver = true;
    await Promise.all(this.#clients);
  }

  async #askOn(): Promise<void> {
    while (!this.#isOver) {
      try {
        const { status } = await ask(this.port, "/ping");
        if (status !== 200) this.failures.push(`${status}`);
      } catch (error) {
        this.failures.push(`${error}`);
      }
      this.answered++;
    }
  }
}
