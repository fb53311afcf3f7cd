/** Asks a server on this machine one question: enough HTTP to know whether it answers, and how. */

import type { Address } from "../../plan/address.ts";
import { exists } from "../files/files.ts";

/**
 * The status that `GET path` is answered with.
 * @param onConnected told when somebody has accepted the question
 * @throws when nobody listens, the answer is not HTTP, or the signal says so; the request is then gone too.
 */
export async function getStatus(
  address: Address,
  path: string,
  signal: AbortSignal,
  onConnected = () => {},
): Promise<number> {
  const connection = await connect(address);
  onConnected();
  const hangUp = () => connection.close();
  if (signal.aborted) {
    // It came while connecting. Left open, the connection would hold nginx's drain.
    hangUp();
    throw signal.reason;
  }
  signal.addEventListener("abort", hangUp, { once: true });
  try {
    // 1.0 and "close": the answer ends with the connection, and no keep-alive is left to be drained.
    const request = `GET ${path} HTTP/1.0\r\nHost: localhost\r\nUser-Agent: tandem\r\n` +
      "Connection: close\r\n\r\n";
    await writeAll(connection, new TextEncoder().encode(request));
    return readStatus(await readToEnd(connection));
  } catch (error) {
    signal.throwIfAborted();
    throw error;
  } finally {
    signal.removeEventListener("abort", hangUp);
    if (!signal.aborted) connection.close();
  }
}

function connect(address: Address): Promise<Deno.Conn> {
  return address.transport === "unix"
    ? Deno.connect({ transport: "unix", path: address.path })
    : Deno.connect({ hostname: address.hostname, port: address.port });
}

/** Whether anybody accepts connections there. */
export async function isListening(address: Address): Promise<boolean> {
  if (address.transport === "unix" && !exists(address.path)) return false;
  try {
    (await connect(address)).close();
    return true;
  } catch {
    return false;
  }
}

async function writeAll(connection: Deno.Conn, bytes: Uint8Array): Promise<void> {
  for (let sent = 0; sent < bytes.length;) sent += await connection.write(bytes.subarray(sent));
}

/** More than any status line and its headers; the rest of a long body is not wanted. */
const ENOUGH_BYTES = 64 * 1024;

/** To the end where that is near, so that the app is not left writing into a closed connection. */
async function readToEnd(connection: Deno.Conn): Promise<string> {
  const decoder = new TextDecoder();
  const buffer = new Uint8Array(4096);
  let text = "";
  while (text.length < ENOUGH_BYTES) {
    const count = await connection.read(buffer);
    if (count === null) break;
    text += decoder.decode(buffer.subarray(0, count), { stream: true });
  }
  return text;
}

function readStatus(answer: string): number {
  const status = /^HTTP\/1\.[01] (\d{3})/.exec(answer)?.[1];
  if (status === undefined) throw new Error("Cannot read the answer: it is not HTTP");
  return Number(status);
}
