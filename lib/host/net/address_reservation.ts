/** Binds addresses without listening, so that no other process can listen on them and clients are refused. */

import type { Address } from "../../plan/address.ts";
import { isSameFile, lstatIfExists } from "../system/if_exists.ts";
import { cString, libc } from "../system/libc.ts";

const AF_UNIX = 1;
const AF_INET = 2;
const AF_INET6 = 10;
/** With SOCK_CLOEXEC, so that no child inherits it. */
const SOCK_STREAM = 1 | 0o2000000;
const SOL_SOCKET = 1;
const SO_REUSEADDR = 2;

type SocketAddress = Uint8Array<ArrayBuffer>;

/** Until disposal. Skips addresses in use, and those that this user may not bind, such as ports below 1024. */
export function reserveAddresses(addresses: Address[]): Disposable {
  const releases = addresses.flatMap((address) =>
    address.transport === "unix" ? bindPath(address.path) : tcpAddresses(address).map(bindPort)
  );
  return {
    [Symbol.dispose]() {
      for (const release of releases) release?.();
    },
  };
}

/** @returns what removes the path; `undefined` if it cannot be bound */
function bindPath(path: string): (() => void) | undefined {
  const socket = openSocket(unixAddress(path));
  if (socket === undefined) return undefined;
  const own = lstatIfExists(path);
  return () => {
    if (isSameFile(own, lstatIfExists(path))) Deno.removeSync(path);
    libc().close(socket);
  };
}

/** @returns what frees the port; `undefined` if it cannot be bound */
function bindPort(address: SocketAddress): (() => void) | undefined {
  const socket = openSocket(address);
  return socket === undefined ? undefined : () => libc().close(socket);
}

function openSocket(address: SocketAddress): number | undefined {
  const [family = 0] = new Uint16Array(address.slice(0, 2).buffer);
  const socket = libc().socket(family, SOCK_STREAM, 0);
  if (socket < 0) return undefined;
  if (bind(socket, address)) return socket;
  libc().close(socket);
  return undefined;
}

/**
 * Connections of an earlier run in TIME_WAIT refuse a plain bind, but not one with SO_REUSEADDR. That is cleared again,
 * because two sockets that both have it may share a port that nobody listens on, and nginx sets it.
 */
function bind(socket: number, address: SocketAddress): boolean {
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

const LOCALHOST = ["127.0.0.1", "::1"];
/** In this order, because `::` takes the port of all IPv4 addresses too, where the kernel has IPv6. */
const EVERY_ADDRESS = ["::", "0.0.0.0"];

/** A host name may stand for any address of this machine. */
function tcpAddresses({ hostname, port }: Address & { transport: "tcp" }): SocketAddress[] {
  const isNumeric = hostname.includes(":") || /^[\d.]+$/.test(hostname);
  const hosts = isNumeric ? [hostname] : hostname === "localhost" ? LOCALHOST : EVERY_ADDRESS;
  return hosts.map((host) =>
    host.includes(":") ? ipv6Address(host, port) : ipv4Address(host, port)
  );
}

/** A `sockaddr_un`. */
function unixAddress(path: string): SocketAddress {
  const text = cString(path);
  const bytes = makeAddress(2 + text.length, AF_UNIX);
  bytes.set(text, 2);
  return bytes;
}

/** A `sockaddr_in`. */
function ipv4Address(host: string, port: number): SocketAddress {
  const bytes = makeAddress(16, AF_INET, port);
  bytes.set(host.split(".").map(Number).slice(0, 4), 4);
  return bytes;
}

/** A `sockaddr_in6`. */
function ipv6Address(host: string, port: number): SocketAddress {
  const bytes = makeAddress(28, AF_INET6, port);
  const view = new DataView(bytes.buffer, 8, 16);
  const [before = [], after = []] = host.split("::").map((half) => half ? half.split(":") : []);
  before.slice(0, 8).forEach((group, index) => view.setUint16(2 * index, parseInt(group, 16)));
  after.slice(-8).reverse()
    .forEach((group, index) => view.setUint16(14 - 2 * index, parseInt(group, 16)));
  return bytes;
}

function makeAddress(length: number, family: number, port = 0): SocketAddress {
  const bytes = new Uint8Array(length);
  const view = new DataView(bytes.buffer);
  view.setUint16(0, family, true);
  if (port) view.setUint16(2, port);
  return bytes;
}
