/** HTTP by hand, one connection a request, so that every lost byte and every refusal is seen as it is. */

import { pause } from "../waiting.ts";

export interface Answer {
  status: number;
  body: string;
}

export interface Question {
  method?: string;
  body?: string;
  /** Sends the body in so many pieces with a pause of so many milliseconds before each. */
  dribble?: { pieces: number; pauseMs: number };
}

/**
 * A request in flight does not end a test that fails meanwhile: its own error only counts where it is awaited.
 * @throws when there is no connection, no answer, or only a part of one
 */
export function ask(port: number, path: string, question: Question = {}): Promise<Answer> {
  const answer = send(port, path, question);
  answer.catch(() => {});
  return answer;
}

async function send(port: number, path: string, question: Question): Promise<Answer> {
  using connection = await Deno.connect({ hostname: "127.0.0.1", port });
  const { body = "", method = body ? "POST" : "GET", dribble } = question;
  // HTTP/1.0: the answer ends with the connection and is never chunked.
  const head =
    `${method} ${path} HTTP/1.0\r\nHost: localhost\r\nContent-Length: ${body.length}\r\n`;
  await write(connection, `${head}\r\n`);
  for (const piece of cut(body, dribble?.pieces ?? 1)) {
    if (dribble) await pause(dribble.pauseMs);
    await write(connection, piece);
  }
  return readAnswer(await new Response(connection.readable).text());
}

/** A client that has sent half of its header and now says nothing more. */
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
    throw new Error(`Half an answer: ${body.length} of ${length} bytes`);
  }
  return { status: Number(status), body };
}
