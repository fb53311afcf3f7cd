/** Clients that send POSTs with swept pauses, each over a connection of its own. */

import { pause } from "../../support/waiting.ts";
import type { Pools } from "./forms.ts";

/** Answer -> how many: a status, or "no answer" if nginx closed the connection instead. */
export type Answers = Map<string, number>;

export const OK = "200";

/** Milliseconds. */
const SWEPT = [900, 3200] as const;
/** Where a side closes: nginx with the built-in conf after 1 s, gunicorn by default after 2 s. */
const CLOSES = [[980, 1020], [1980, 2040]] as const;
/** nginx by default after 60 s. */
const MINUTE = [59_700, 60_300] as const;
/** The members of a pool send within this time. */
const SPREAD_MS = 20;

/** Sends until all pools together have had `requests` answers; at last after a minute's pause, if `hasMinute`. */
export async function sweep(
  port: number,
  { count, size }: Pools,
  requests: number,
  hasMinute: boolean,
): Promise<Answers> {
  const answers: Answers = new Map();
  let left = requests;
  await Promise.all(Array.from({ length: count }, async (_, pool) => {
    await pause(Math.random() * SWEPT[1]);
    const clients = Array.from({ length: size }, () => new Client(port, `/${pool}`));
    const round = () =>
      Promise.all(clients.map(async (client) => {
        await pause(Math.random() * SPREAD_MS);
        const answer = await client.post();
        answers.set(answer, (answers.get(answer) ?? 0) + 1);
      }));
    while (left > 0) {
      left -= size;
      await round();
      await pause(sweptPause());
    }
    if (hasMinute) {
      await round();
      await pause(between(MINUTE));
      await round();
    }
    for (const client of clients) client.close();
  }));
  return answers;
}

function sweptPause(): number {
  if (Math.random() < 0.4) return between(SWEPT);
  return between(CLOSES[Math.random() < 0.5 ? 0 : 1]);
}

function between([low, high]: readonly [number, number]): number {
  return low + Math.random() * (high - low);
}

class Client {
  #connection: Deno.TcpConn | undefined;
  readonly #request: Uint8Array;
  readonly #buffer = new Uint8Array(4096);

  constructor(readonly port: number, path: string) {
    this.#request = new TextEncoder().encode(
      `POST ${path} HTTP/1.1\r\nHost: localhost\r\nContent-Length: 10\r\n\r\n0123456789`,
    );
  }

  async post(): Promise<string> {
    this.#connection ??= await Deno.connect({ hostname: "127.0.0.1", port: this.port });
    // So short a request fits into the socket's buffer whole.
    await this.#connection.write(this.#request);
    let text = "";
    for (;;) {
      const size = await this.#connection.read(this.#buffer);
      if (size === null) return this.close(), "no answer";
      text += new TextDecoder().decode(this.#buffer.subarray(0, size));
      const end = text.indexOf("\r\n\r\n");
      const length = Number(/^content-length: (\d+)/im.exec(text)?.[1] ?? 0);
      if (end < 0 || text.length < end + 4 + length) continue;
      if (/^connection: close/im.test(text)) this.close();
      return text.split(" ")[1] ?? "no status";
    }
  }

  close(): void {
    this.#connection?.close();
    this.#connection = undefined;
  }
}
