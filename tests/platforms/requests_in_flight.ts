/** Requests that are in the app when something stops the pair, and what became of them. */

import { ask } from "../support/traffic/http_client.ts";
import type { Figures } from "./platform.ts";

export class RequestsInFlight {
  readonly #outcomes: Promise<string>[];

  /** @param server nginx's port on 127.0.0.1, or the path of its unix socket */
  constructor(server: number | string, path: string, count: number) {
    this.#outcomes = Array.from(
      { length: count },
      () => ask(server, path).then(({ status }) => `${status}`, (error: Error) => error.message),
    );
  }

  /** @throws {Error} if one of them was lost */
  async allAnswered(): Promise<Figures> {
    const { answered, outcomes } = await this.count();
    if (answered === outcomes.length) return { answered, lost: 0 };
    const others = new Set(outcomes.filter((outcome) => outcome !== "200"));
    throw new Error(
      `${outcomes.length - answered} of ${outcomes.length} requests lost: ${[...others]}`,
    );
  }

  async count(): Promise<{ answered: number; outcomes: string[] }> {
    const outcomes = await Promise.all(this.#outcomes);
    return { answered: outcomes.filter((outcome) => outcome === "200").length, outcomes };
  }
}
