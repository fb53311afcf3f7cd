/** Binds ports without listening, so that no other process can listen on them and clients are refused. */

import type { Address } from "../../plan/address.ts";
import { libc } from "../system/libc.ts";

const AF_INET = 2;
const AF_INET6 = 10;
/** With SOCK_CLOEXEC, so that no child inherits it. */
const SOCK_STREAM = 1 | 0o2000000;
const SOL_SOCKET = 1;
const SO_REUSEADDR = 2;

/**
 * Binds IPv4 addresses, `::1` and `localhost` until disposal. Skips other addresses, ports in use, and ports below 1024
 * that this user may not bind.
 */
export function reservePorts(addresses: Address[]): Disposable {
  const sockets = addresses.map(bindAddress).filter((socket) => socket !== undefined);
  return {
    [Symbol.dispose]() {
      for (const socket of sockets) libc().close(socket);
    },
  };
}

/** The socket; `undefined` if the address cannot be bound. */
function bindAddress(address: Address): number | undefined {
  const bytes = inetAddress(address);
  if (!bytes) return undefined;
  const family = bytes.length === 16 ? AF_INET : AF_INET6;
  const socket = libc().socket(family, SOCK_STREAM, 0);
  if (socket < 0) return undefined;
  if (bind(socket, bytes)) return socket;
  libc().close(socket);
  return undefined;
}

/**
 * Connections of an earlier run in TIME_WAIT refuse a plain bind, but not one with SO_REUSEADDR. That is cleared again,
 * because two sockets that both have it may share a port that nobody listens on, and nginx sets it.
 */
function bind(socket: number, address: Uint8Array<ArrayBuffer>): boolean {
  const tryBind = () => libc().bind(socket, address, address.length) === 0;
  if (tryBind()) return true;
  setReuse(socket, true);
  const isBound = tryBind();
  setReuse(socket, false);
  return isBound;
}

function setReuse(socket: number, isOn: boolean): void {
  const value = new Uint8Array(new Int32Array([Number(isOn)]).buffer);
  libc().setsockopt(socket, SOL_SOCKET, SO_REUSEADDR, value, value.length);
}

/** A `sockaddr_in` of 16 bytes or a `sockaddr_in6` of 28; `undefined` for other addresses. */
function inetAddress(address: Address): Uint8Array<ArrayBuffer> | undefined {
  if (address.transport !== "tcp") return undefined;
  const { hostname, port } = address;
  if (hostname === "::1") {
    const bytes = makeAddress(28, AF_INET6, port);
    bytes[8 + 15] = 1;
    return bytes;
  }
  const numbers = (hostname === "localhost" ? "127.0.0.1" : hostname).split(".").map(Number);
  if (numbers.length !== 4 || !numbers.every((number) => number >= 0 && number <= 255)) {
    return undefined;
  }
  const bytes = makeAddress(16, AF_INET, port);
  bytes.set(numbers, 4);
  return bytes;
}

function makeAddress(length: number, family: number, port: number): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(length);
  const view = new DataView(bytes.buffer);
  view.setUint16(0, family, true);
  view.setUint16(2, port);
  return bytes;
}
