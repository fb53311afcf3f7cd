/** A client that sends a body, and checks every byte of the answer, which has to be the same body. */

export type Outcome =
  | "whole"
  /** The connection was refused. */
  | "refused"
  /** The connection ended without a byte of an answer. */
  | "unanswered"
  /** An answer with another status than 200. */
  | "rejected"
  /** The answer's end is missing. */
  | "cut"
  /** A whole answer with the wrong bytes. */
  | "wrong"
  /** No end of the answer in time. */
  | "late";

export interface EchoRequest {
  readonly port: number;
  readonly path: string;
  readonly body: Uint8Array<ArrayBuffer>;
  readonly milliseconds: number;
}

export interface EchoResult {
  readonly outcome: Outcome;
  readonly detail: string;
}

export async function echo(request: EchoRequest): Promise<EchoResult> {
  const { port, path, body, milliseconds } = request;
  let connection: Deno.TcpConn;
  try {
    connection = await Deno.connect({ hostname: "127.0.0.1", port });
  } catch (error) {
    return { outcome: "refused", detail: String(error) };
  }
  let isLate = false;
  const timer = setTimeout(() => {
    isLate = true;
    connection.close();
  }, milliseconds);
  const received: Uint8Array[] = [];
  let failure = "";
  try {
    // HTTP/1.0: the answer ends with the connection and is never chunked.
    const head =
      `POST ${path} HTTP/1.0\r\nHost: localhost\r\nContent-Length: ${body.length}\r\n\r\n`;
    await Promise.all([
      writeAll(connection, concatenate([new TextEncoder().encode(head), body])),
      readAll(connection, received),
    ]);
  } catch (error) {
    failure = String(error);
  } finally {
    clearTimeout(timer);
    if (!isLate) connection.close();
  }
  const bytes = concatenate(received);
  if (isLate) return { outcome: "late", detail: `${bytes.length} bytes in ${milliseconds} ms` };
  return check(bytes, body, failure);
}

/** @param failure of the connection; empty if it ended as usual */
export function check(
  bytes: Uint8Array,
  body: Uint8Array,
  failure = "",
): EchoResult {
  if (bytes.length === 0) return { outcome: "unanswered", detail: failure };
  const head = /^HTTP\/1\.[01] (\d{3}) [^]*?\r\n\r\n/.exec(latin1(bytes.subarray(0, 8192)));
  if (!head) return { outcome: "cut", detail: `${bytes.length} bytes of a header; ${failure}` };
  const length = Number(/^Content-Length: (\d+)\r$/im.exec(head[0])?.[1] ?? NaN);
  const answer = bytes.subarray(head[0].length);
  const got = `${answer.length} of ${length} bytes; ${failure}`;
  if (answer.length < length) return { outcome: "cut", detail: `${head[1]}, ${got}` };
  if (head[1] !== "200") return { outcome: "rejected", detail: head[1]! };
  const isSame = answer.length === length && isEqual(answer, body);
  return isSame ? { outcome: "whole", detail: "" } : { outcome: "wrong", detail: got };
}

function isEqual(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && a.every((byte, index) => byte === b[index]);
}

function latin1(bytes: Uint8Array): string {
  return new TextDecoder("latin1").decode(bytes);
}

async function writeAll(connection: Deno.Conn, bytes: Uint8Array): Promise<void> {
  for (let sent = 0; sent < bytes.length;) sent += await connection.write(bytes.subarray(sent));
}

async function readAll(connection: Deno.Conn, into: Uint8Array[]): Promise<void> {
  for (;;) {
    const block = new Uint8Array(64 * 1024);
    const size = await connection.read(block);
    if (size === null) return;
    into.push(block.subarray(0, size));
  }
}

function concatenate(parts: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const all = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0));
  let offset = 0;
  for (const part of parts) {
    all.set(part, offset);
    offset += part.length;
  }
  return all;
}
