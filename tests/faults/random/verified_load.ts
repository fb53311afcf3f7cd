/** Clients that keep a running pair busy, and check each answer completely. */

import { pause } from "../../support/waiting.ts";
import type { Image } from "../../support/image.ts";
import { echo, type EchoResult } from "./echo_client.ts";
import { RandomNumbers } from "./random_numbers.ts";

const CLIENTS = 4;
/** Between two requests of a client, so that the load leaves CPU time to the rest of the machine. */
const PAUSE_MS = 10;
/** Longer than any fault holds up a request that is to be answered in the end. */
const LONGEST_MS = 60_000;
/** Larger bodies go through nginx's temp files. */
const LARGEST_BODY = 100_000;

export interface Exchange extends EchoResult {
  readonly id: string;
  /** As of performance.now(). */
  readonly sentAt: number;
  readonly endedAt: number;
}

export class VerifiedLoad {
  readonly exchanges: Exchange[] = [];
  readonly #random: RandomNumbers;
  readonly #clients: Promise<void>[];
  #isOver = false;
  #count = 0;

  constructor(private readonly image: Image, seed: string) {
    this.#random = new RandomNumbers(seed);
    this.#clients = Array.from({ length: CLIENTS }, () => this.#askOn());
  }

  get whole(): number {
    return this.exchanges.filter(({ outcome }) => outcome === "whole").length;
  }

  get failed(): Exchange[] {
    return this.exchanges.filter(({ outcome }) => outcome !== "whole");
  }

  /** Finishes the requests in flight. */
  async stop(): Promise<void> {
    this.#isOver = true;
    await Promise.all(this.#clients);
  }

  async #askOn(): Promise<void> {
    const random = this.#random;
    while (!this.#isOver) {
      const id = `r${this.#count++}`;
      const size = random.chance(0.1) ? random.between(0, LARGEST_BODY) : random.between(0, 2000);
      const first = random.between(0, 255);
      const body = Uint8Array.from({ length: size }, (_, index) => (first + index * 7) & 255);
      const sleep = random.chance(0.2) ? `&sleep=${random.next() * 0.2}` : "";
      const sentAt = performance.now();
      const result = await echo({
        port: this.image.port,
        path: `/invocations?id=${id}${sleep}`,
        body,
        milliseconds: LONGEST_MS,
      });
      this.exchanges.push({ ...result, id, sentAt, endedAt: performance.now() });
      await pause(result.outcome === "whole" ? PAUSE_MS : 5 * PAUSE_MS);
    }
  }
}
