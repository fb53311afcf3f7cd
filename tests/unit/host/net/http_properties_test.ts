/** Whatever a server sends, and however it ends: a status or an error, in time, after a bounded number of bytes. */

import assert from "node:assert/strict";
import fc from "fast-check";
import { getStatus } from "../../../../lib/host/net/http.ts";
import { concatBytes } from "../../../../lib/host/output/lines.ts";
import { SCHEDULING_MS, within } from "../../../support/waiting.ts";
import { property } from "../../support/cases.ts";

const encoder = new TextEncoder();
/** The client reads no more than this, and one block. */
const MOST_BYTES = 64 * 1024;
/** What the kernel may buffer for a client that has stopped reading. */
const BUFFERED_BYTES = 16 * 1024 * 1024;

const answers = fc.constantFrom(
  ...[
    "HTTP/1.1 200 OK\r\n\r\n",
    "HTTP/1.0 503 Busy\r\nServer: x\r\n\r\nbusy",
    "HTTP/1.1 302 \r\n\r\n",
  ],
  "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0;x=y\r\n\r\n",
  ...["<html>an answer of HTTP/0.9</html>", "HTTP/2 200\r\n\r\n", "HTTP/1.1 2000 OK\r\n\r\n", ""],
  ...["\ufeffHTTP/1.1 200 OK\r\n\r\n", "\r\nHTTP/1.1 200 OK\r\n\r\n", "SSH-2.0-OpenSSH_9.2\r\n"],
  "HTTP/1.1 200 OK\r\nX: " + "x".repeat(100_000),
).map((text) => encoder.encode(text));

const response = fc.oneof(
  answers,
  fc.tuple(answers, fc.nat(40)).map(([bytes, length]) => bytes.slice(0, length)),
  fc.tuple(answers, fc.uint8Array()).map(concatBytes),
  fc.uint8Array({ maxLength: 100 }),
);

type Ending = "closes" | "hangs" | "floods";
const endings = fc.constantFrom<Ending>("closes", "closes", "closes", "closes", "hangs", "floods");

function expectedStatus(bytes: Uint8Array): number | undefined {
  const text = String.fromCharCode(...bytes.subarray(0, 20));
  const isHttp = text.startsWith("HTTP/1.0 ") || text.startsWith("HTTP/1.1 ");
  const [code = ""] = text.slice(9).split(/[^0-9]/);
  return isHttp && code.length === 3 ? Number(code) : undefined;
}

/** @returns how many bytes the client and the kernel have taken */
async function serveOnce(
  listener: Deno.Listener,
  pieces: Uint8Array[],
  ending: Ending,
): Promise<number> {
  using connection = await listener.accept();
  let sent = 0;
  const send = async (bytes: Uint8Array) => {
    for (let at = 0; at < bytes.length;) at += await connection.write(bytes.subarray(at));
    sent += bytes.length;
  };
  try {
    await connection.read(new Uint8Array(4096));
    for (const piece of pieces) await send(piece);
    const block = new Uint8Array(65_536);
    while (ending === "floods" && sent < 4 * BUFFERED_BYTES) await send(block);
    if (ending === "hangs") await connection.read(new Uint8Array(1));
  } catch {
    // The client has closed the connection.
  }
  return sent;
}

property("http properties: any answer is a status or an error, in time and memory", [
  response,
  fc.array(fc.nat(120), { maxLength: 6 }),
  endings,
], async (bytes, cuts, ending) => {
  const places = [0, ...cuts.map((cut) => Math.min(cut, bytes.length)), bytes.length]
    .sort((a, b) => a - b);
  const pieces = places.slice(1).map((end, index) => bytes.slice(places[index], end));
  using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const { hostname, port } = listener.addr as Deno.NetAddr;
  const served = serveOnce(listener, pieces, ending);

  const bound = new AbortController();
  const answer = getStatus({ transport: "tcp", hostname, port }, "/ping", bound.signal)
    .catch((error: unknown) => error);
  const isEndless = ending === "hangs" && bytes.length < MOST_BYTES;
  const timer = isEndless ? setTimeout(() => bound.abort("too late"), 10) : undefined;
  const result = await within(SCHEDULING_MS, "the result", answer);
  clearTimeout(timer);

  if (isEndless) {
    assert.equal(result, "too late");
  } else {
    const expected = expectedStatus(bytes);
    if (expected === undefined) assert.match(`${result}`, /it is not HTTP/);
    else assert.equal(result, expected);
  }
  const taken = await within(SCHEDULING_MS, "the end of the connection", served);
  assert.ok(taken < BUFFERED_BYTES, `${taken} bytes were taken`);
}, { cost: 10 });
