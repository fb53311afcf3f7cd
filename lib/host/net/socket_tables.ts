/** Reads the kernel's tables of sockets in this process's network namespace, which is also the children's. */

import { readTextIfExists } from "../system/if_exists.ts";

export type SocketUse = "listening" | "connected" | "other";

export interface TcpSocket {
  /** The local port. */
  port: number;
  use: SocketUse;
  inode: string;
}

export interface UnixSocket {
  /** An accepted connection has the path of the socket that accepted it; the client's end has none. */
  path: string;
  use: SocketUse;
  inode: string;
}

/** IPv4 and IPv6; `undefined` if the kernel does not show its table. */
export function readTcpSockets(): TcpSocket[] | undefined {
  const table = readTextIfExists("/proc/self/net/tcp");
  if (table === undefined) return undefined;
  // A kernel without IPv6 has no such table.
  const table6 = readTextIfExists("/proc/self/net/tcp6") ?? "";
  return [...parseTcpSockets(table), ...parseTcpSockets(table6)];
}

/** Sockets with a path; `undefined` if the kernel does not show its table. */
export function readUnixSockets(): UnixSocket[] | undefined {
  const table = readTextIfExists("/proc/self/net/unix");
  return table === undefined ? undefined : parseUnixSockets(table);
}

/** States of include/net/tcp_states.h. */
const TCP_USES: Record<string, SocketUse> = { "01": "connected", "0A": "listening" };

/** `sl: local remote state tx:rx tr:when retransmits uid timeout inode …`, addresses and states in hexadecimal. */
const TCP_LINE = /^ *\d+: \w+:(\w{4}) \w+:\w{4} (\w\w) \w+:\w+ \w+:\w+ \w+ +\d+ +\d+ (\d+)/gm;

/** @param table the text of /proc/net/tcp or tcp6 */
export function parseTcpSockets(table: string): TcpSocket[] {
  return Array.from(table.matchAll(TCP_LINE), ([, port = "", state = "", inode = ""]) => ({
    port: parseInt(port, 16),
    use: TCP_USES[state] ?? "other",
    inode,
  }));
}

/** __SO_ACCEPTCON, the only flag in this table. */
const ACCEPTS = "00010000";
/** SS_CONNECTED of include/uapi/linux/net.h. */
const CONNECTED = "03";

/** `num: references protocol flags type state inode path` */
const UNIX_LINE = /^\w+: \w+ \w+ (\w+) \w+ (\w\w) +(\d+) ([^\n]+)$/gm;

/** @param table the text of /proc/net/unix */
export function parseUnixSockets(table: string): UnixSocket[] {
  return Array.from(table.matchAll(UNIX_LINE), ([, flags, state, inode = "", path = ""]) => ({
    path,
    use: flags === ACCEPTS ? "listening" : state === CONNECTED ? "connected" : "other",
    inode,
  }));
}
