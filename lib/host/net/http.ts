/** A minimal HTTP client: one GET, of whose response only the status is read. */

import type { Address } from "../../plan/address.ts";
import { exists } from "../system/if_exists.ts";
import { happensWithin, monotonicClock as clock } from "../system/clock.ts";

/**
 * Returns the status of the response to `GET path`.
 * @param signal closes the connection
 * @param onConnected called once the connection is accepted
 * @throws the signal's reason, the connection's error, or an error if the response is not HTTP
 */
export async function getStatus(
  address: Address,
  path: string,
  signal: AbortSignal,
  onConnected = () => {},
): Promise<number> {
  const connection = await connect(address);
  onConnected();
  const close = () => connection.close();
  if (signal.aborted) {
    // Aborted while connecting. An open connection would delay nginx's drain.
    close();
    throw signal.reason;
  }
  signal.addEventListener("abort", close, { once: true });
  try {
    // With 1.0 and "close" the server closes the connection after the response, so none is left to drain.
    const request = `GET ${path} HTTP/1.0\r\nHost: localhost\r\nUser-Agent: tandem\r\n` +
      "Connection: close\r\n\r\n";
    await writeAll(connection, new TextEncoder().encode(request));
    return statusOf(await readToEnd(connection));
  } catch (error) {
    signal.throwIfAborted();
    throw error;
  } finally {
    signal.removeEventListener("abort", close);
    if (!signal.aborted) connection.close();
  }
}

/**
 * For what drops packets, such as a packet filter: 2 s leave room for one that was lost and is sent again after 1 s.
 * Over a unix socket a connect never waits.
 */
const CONNECT_MS = 2000;

class ConnectTimeout extends Error {}

async function connect(address: Address): Promise<Deno.Conn> {
  if (address.transport === "unix") {
    return await Deno.connect({ transport: "unix", path: address.path });
  }
  const { hostname, port } = address;
  const connection = Deno.connect({ hostname, port });
  if (await happensWithin(clock, CONNECT_MS, connection)) return await connection;
  // A pending connect cannot be aborted.
  connection.then((late) => late.close(), () => {});
  throw new ConnectTimeout(`Cannot connect to ${hostname}:${port} within ${CONNECT_MS / 1000} s`);
}

/** Whether a process listens there, even if it has no room for another connection. */
export async function isListening(address: Address): Promise<boolean> {
  if (address.transport === "unix" && !exists(address.path)) return false;
  try {
    (await connect(address)).close();
    return true;
  } catch (error) {
    // The backlog of a unix socket is full.
    if (error instanceof Deno.errors.WouldBlock) return true;
    // The socket is another user's. Or the backlog is full, or a packet filter is in the way.
    const isUnclear = error instanceof ConnectTimeout ||
      error instanceof Deno.errors.PermissionDenied;
    return isUnclear && await isListed(address);
  }
}

/** Whether the kernel's tables have such a listening socket, if only by its port or path. */
async function isListed(address: Address): Promise<boolean> {
  const { readTcpSockets, readUnixSockets } = await import("./socket_tables.ts");
  const sockets = address.transport === "unix"
    ? readUnixSockets()?.filter(({ path }) => path === address.path)
    : readTcpSockets()?.filter(({ port }) => port === address.port);
  return sockets?.some(({ use }) => use === "listening") ?? false;
}

async function writeAll(connection: Deno.Conn, bytes: Uint8Array): Promise<void> {
  for (let sent = 0; sent < bytes.length;) sent += await connection.write(bytes.subarray(sent));
}

/** More than any status line and headers; the rest of a long body is not read. */
const MOST_BYTES = 64 * 1024;

/** Reads a short body too, because an app that writes to a closed connection may log an error. */
async function readToEnd(connection: Deno.Conn): Promise<string> {
  const decoder = new TextDecoder("utf-8", { ignoreBOM: true });
  const buffer = new Uint8Array(4096);
  let text = "";
  while (text.length < MOST_BYTES) {
    const count = await connection.read(buffer);
    if (count === null) break;
    text += decoder.decode(buffer.subarray(0, count), { stream: true });
  }
  return text;
}

function statusOf(response: string): number {
  const status = /^HTTP\/1\.[01] (\d{3})(?!\d)/.exec(response)?.[1];
  if (status === undefined) throw new Error("Cannot read the response: it is not HTTP");
  return Number(status);
}
