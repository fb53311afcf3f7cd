/** Clients that keep their connections and send GETs and POSTs in turn at a steady pace. */

import { pause } from "../../support/waiting.ts";

const CLIENTS = 8;
/** Leaves CPU time to the pairs that start. */
const PAUSE_MS = 20;

export class KeptClients {
  answered = 0;
  /** What became of each request that has no right answer. */
  readonly lost: string[] = [];
  #isOver = false;
  readonly #clients: Promise<void>[];

  /** @param socket of the load balancer */
  constructor(private readonly socket: string) {
    this.#clients = Array.from({ length: CLIENTS }, (_, index) => this.#askOn(index));
  }

  /** Finishes the requests in flight. */
  async stop(): Promise<void> {
    this.#isOver = true;
    await Promise.all(this.#clients);
  }

  async #askOn(client: number): Promise<void> {
    let connection: KeptConnection | undefined;
    for (let number = client; !this.#isOver; number++) {
      // Every eighth request of each client is in the app for a while.
      const query = number % 8 === 0 ? "?sleep=0.3" : "";
      const body = number % 2 === 0 ? "" : "x".repeat(number % 2000);
      try {
        connection ??= await KeptConnection.open(this.socket);
        const answer = await connection.ask(`/invocations${query}`, body);
        if (answer.status !== 200 || answer.body !== `${body.length} bytes`) {
          this.lost.push(`${answer.status}`);
        } else this.answered++;
        if (answer.isLast) connection = connection.close();
      } catch (error) {
        this.lost.push(error instanceof Error ? error.message : `${error}`);
        connection = connection?.close();
      }
      await pause(PAUSE_MS);
    }
    connection?.close();
  }
}

interface KeptAnswer {
  status: number;
  body: string;
  /** Whether the server closes the connection after it. */
  isLast: boolean;
}

class KeptConnection {
  #text = "";

  private constructor(private readonly connection: Deno.Conn) {}

  static async open(path: string): Promise<KeptConnection> {
    return new KeptConnection(await Deno.connect({ transport: "unix", path }));
  }

  /** @param body sent with POST, unless it is empty */
  async ask(path: string, body: string): Promise<KeptAnswer> {
    const head = body
      ? `POST ${path} HTTP/1.1\r\nHost: model\r\nContent-Length: ${body.length}\r\n\r\n`
      : `GET ${path} HTTP/1.1\r\nHost: model\r\n\r\n`;
    const bytes = new TextEncoder().encode(head + body);
    for (let sent = 0; sent < bytes.length;) {
      sent += await this.connection.write(bytes.subarray(sent));
    }
    const [answerHead = ""] = await this.#until(/^[^]*?\r\n\r\n/);
    const length = Number(/^content-length: (\d+)/im.exec(answerHead)?.[1] ?? 0);
    const [answerBody = ""] = await this.#until(new RegExp(`^[^]{${length}}`));
    return {
      status: Number(/^HTTP\/1\.1 (\d{3})/.exec(answerHead)?.[1]),
      body: answerBody,
      isLast: /^connection: close/im.test(answerHead),
    };
  }

  /** Reads and takes what the pattern matches. */
  async #until(pattern: RegExp): Promise<RegExpExecArray> {
    for (;;) {
      const found = pattern.exec(this.#text);
      if (found) {
        this.#text = this.#text.slice(found[0].length);
        return found;
      }
      const block = new Uint8Array(16_384);
      const size = await this.connection.read(block);
      if (size === null) throw new Error("connection closed without an answer");
      this.#text += new TextDecoder("latin1").decode(block.subarray(0, size));
    }
  }

  close(): undefined {
    this.connection.close();
  }
}
