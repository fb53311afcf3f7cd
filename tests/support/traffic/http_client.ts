/** A plain HTTP client with one connection per request, which reports every refused connection and lost byte. */

import { pause } from "../waiting.ts";

export interface Answer {
  status: number;
  body: string;
}

export interface Question {
  method?: string;
  headers?: Record<string, string>;
  body?: string;
  /** Sends the body in this number of pieces, with a pause before each. */
  dribble?: { pieces: number; pauseMs: number };
}

/**
 * The error of a request that is not awaited is ignored, so that it cannot hide the error of the test.
 * @param server its port on 127.0.0.1, or the path of its unix socket
 * @throws if the connection fails, or the answer is missing or incomplete
 */
export function ask(
  server: number | string,
  path: string,
  question: Question = {},
): Promise<Answer> {
  const answer = send(server, path, question);
  answer.catch(() => {});
  return answer;
}

async function send(server: number | string, path: string, question: Question): Promise<Answer> {
  using connection = typeof server === "number"
    ? await Deno.connect({ hostname: "127.0.0.1", port: server })
    : await Deno.connect({ transport: "unix", path: server });
  const { headers = {}, body = "", method = body ? "POST" : "GET", dribble } = question;
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`).join("");
  // HTTP/1.0: the answer ends with the connection and is never chunked.
  const head =
    `${method} ${path} HTTP/1.0\r\nHost: localhost\r\nContent-Length: ${body.length}\r\n${lines}`;
  await write(connection, `${head}\r\n`);
  for (const piece of cut(body, dribble?.pieces ?? 1)) {
    if (dribble) await pause(dribble.pauseMs);
    await write(connection, piece);
  }
  return readAnswer(await new Response(connection.readable).text());
}

/** Sends half of a header, and leaves the connection open. */
export async function sendHalfAHeader(port: number): Promise<Deno.Conn> {
  const connection = await Deno.connect({ hostname: "127.0.0.1", port });
  await write(connection, "GET /ping HTTP/1.1\r\nHost: localhost\r\nX-Half: ");
  return connection;
}

async function write(connection: Deno.Conn, text: string): Promise<void> {
  const bytes = new TextEncoder().encode(text);
  for (let sent = 0; sent < bytes.length;) sent += await connection.write(bytes.subarray(sent));
}

function cut(text: string, pieces: number): string[] {
  const length = Math.max(1, Math.ceil(text.length / pieces));
  return text.match(new RegExp(`[^]{1,${length}}`, "g")) ?? [];
}

function readAnswer(text: string): Answer {
  const [head = "", ...rest] = text.split("\r\n\r\n");
  const body = rest.join("\r\n\r\n");
  const status = /^HTTP\/1\.[01] (\d{3})/.exec(head)?.[1];
  if (status === undefined) throw new Error(`No answer but ${JSON.stringify(text.slice(0, 80))}`);
  const length = /^Content-Length: (\d+)/im.exec(head)?.[1];
  if (length !== undefined && Number(length) !== body.length) {
    throw new Error(`Incomplete answer: ${body.length} of ${length} bytes`);
  }
  return { status: Number(status), body };
}
