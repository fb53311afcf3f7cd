/** How many clients are connected to nginx, from the kernel's own tables. */

import type { Address } from "../../plan/address.ts";

/** Nothing when the kernel does not show its tables. */
export function countConnections(listens: readonly Address[]): number | undefined {
  const ports = new Set<number>();
  const paths = new Set<string>();
  for (const address of listens) {
    if (address.transport === "tcp") ports.add(address.port);
    else paths.add(address.path);
  }
  try {
    const tcp = ports.size ? [read("tcp"), readIfThere("tcp6")] : [];
    const unix = paths.size ? [read("unix")] : [];
    return tcp.reduce((sum, table) => sum + countEstablished(table, ports), 0) +
      unix.reduce((sum, table) => sum + countConnected(table, paths), 0);
  } catch {
    return undefined;
  }
}

/** As the network namespace has them that this process is in, which is the children's. */
function read(table: string): string {
  return Deno.readTextFileSync(`/proc/self/net/${table}`);
}

/** IPv6 can be switched off. */
function readIfThere(table: string): string {
  try {
    return read(table);
  } catch {
    return "";
  }
}

const ESTABLISHED = "01";

/**
 * Connections whose own end is on one of the ports; the other end's entry, on the same machine, has it as the remote one.
 * @param table /proc/net/tcp or tcp6: "0: 0100007F:1F90 0100007F:C350 01 …", in hexadecimal
 */
export function countEstablished(table: string, ports: ReadonlySet<number>): number {
  let count = 0;
  for (const [, port = "", state] of table.matchAll(/^ *\d+: \w+:(\w{4}) \w+:\w{4} (\w\w) /gm)) {
    if (state === ESTABLISHED && ports.has(parseInt(port, 16))) count++;
  }
  return count;
}

const CONNECTED = "03";

/**
 * Accepted connections carry the path of the socket that they came in on; the clients' ends have none.
 * @param table /proc/net/unix: "0000…: 00000003 00000000 00000000 0001 03 12345 /run/nginx.sock"
 */
export function countConnected(table: string, paths: ReadonlySet<string>): number {
  let count = 0;
  for (const [, state, path = ""] of table.matchAll(/^\w+:(?: \w+){4} (\w\w) +\d+ (.+)$/gm)) {
    if (state === CONNECTED && paths.has(path)) count++;
  }
  return count;
}
