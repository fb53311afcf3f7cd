/** Counts the clients that are connected to nginx. */

import type { Address } from "../../plan/address.ts";
import {
  readTcpSockets,
  readUnixSockets,
  type TcpSocket,
  type UnixSocket,
} from "./socket_tables.ts";

/** `undefined` if the kernel does not show its tables of sockets. */
export function countConnections(listens: readonly Address[]): number | undefined {
  const ports = new Set<number>();
  const paths = new Set<string>();
  for (const address of listens) {
    if (address.transport === "tcp") ports.add(address.port);
    else paths.add(address.path);
  }
  const tcp = ports.size ? readTcpSockets() : [];
  const unix = paths.size ? readUnixSockets() : [];
  if (!tcp || !unix) return undefined;
  return countEstablished(tcp, ports) + countConnected(unix, paths);
}

/** Counts each connection once: of a client on this machine, its own end has another local port. */
export function countEstablished(sockets: TcpSocket[], ports: ReadonlySet<number>): number {
  return sockets.filter(({ use, port }) => use === "connected" && ports.has(port)).length;
}

export function countConnected(sockets: UnixSocket[], paths: ReadonlySet<string>): number {
  return sockets.filter(({ use, path }) => use === "connected" && paths.has(path)).length;
}
