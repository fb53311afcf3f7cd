/** Sends many small pipelined requests with little CPU time. */

export interface Load {
  port: number;
  /** Each request appends `?n=` and its number. */
  path: string;
  from: number;
  requests: number;
}

const CONNECTIONS = 4;
const BATCH = 100;
const ANSWER = "HTTP/1.1 200 OK\r\n";

/** The requests of each connection are in order. @returns the number of answers with 200 */
export async function load({ port, path, from, requests }: Load): Promise<number> {
  const share = requests / CONNECTIONS;
  const counts = await Promise.all(
    Array.from(
      { length: CONNECTIONS },
      (_, index) => overOneConnection(port, path, from + index * share, share),
    ),
  );
  return counts.reduce((sum, count) => sum + count, 0);
}

async function overOneConnection(
  port: number,
  path: string,
  from: number,
  requests: number,
): Promise<number> {
  using connection = await Deno.connect({ hostname: "127.0.0.1", port });
  let answered = 0;
  for (let sent = 0; sent < requests; sent += BATCH) {
    const batch = Math.min(BATCH, requests - sent);
    const numbers = Array.from({ length: batch }, (_, index) => from + sent + index);
    await writeAll(connection, numbers.map((n) => requestFor(`${path}?n=${n}`)).join(""));
    const count = await readAnswers(connection, batch);
    answered += count;
    if (count < batch) break;
  }
  return answered;
}

function requestFor(path: string): string {
  return `GET ${path} HTTP/1.1\r\nHost: localhost\r\n\r\n`;
}

async function writeAll(connection: Deno.Conn, text: string): Promise<void> {
  const bytes = new TextEncoder().encode(text);
  for (let sent = 0; sent < bytes.length;) sent += await connection.write(bytes.subarray(sent));
}

/** Reads answers without a body. @returns their number when the connection ended or all had arrived */
async function readAnswers(connection: Deno.Conn, wanted: number): Promise<number> {
  const bytes = new Uint8Array(32 * 1024);
  const decoder = new TextDecoder();
  let text = "";
  for (let count = 0;; count = text.split(ANSWER).length - 1) {
    if (count === wanted && text.endsWith("\r\n\r\n")) return count;
    const size = await connection.read(bytes);
    if (size === null) return count;
    text += decoder.decode(bytes.subarray(0, size), { stream: true });
  }
}
