/** Finds the process that holds a listening socket. */

import type { Address } from "../../plan/address.ts";
import { listPids, readStat } from "../process/stat.ts";
import { listNames } from "../system/if_exists.ts";
import { readTcpSockets, readUnixSockets } from "./socket_tables.ts";

export const OWNER_NOT_VISIBLE = "owner not visible: another user or container";

/** "nginx, pid 12"; descriptors of another user's or container's processes cannot be read. */
export function findPortHolder(address: Address): string {
  const pids = pidsWithAny(listeningInodes(address));
  const holders = pids.flatMap((pid) => {
    const stat = readStat(pid);
    return stat ? [{ pid, ...stat }] : [];
  });
  // Workers inherit the socket of their master, which is the one to stop.
  const master = holders.find(({ parent }) => !pids.includes(parent)) ?? holders[0];
  return master ? `${master.name}, pid ${master.pid}` : OWNER_NOT_VISIBLE;
}

function listeningInodes(address: Address): string[] {
  const sockets = address.transport === "unix"
    ? readUnixSockets()?.filter(({ path }) => path === address.path)
    : readTcpSockets()?.filter(({ port }) => port === address.port);
  return (sockets ?? []).filter(({ use }) => use === "listening").map(({ inode }) => inode);
}

/** In ascending order. */
function pidsWithAny(inodes: string[]): number[] {
  if (inodes.length === 0) return [];
  const links = new Set(inodes.map((inode) => `socket:[${inode}]`));
  return listPids()
    .filter((pid) => readDescriptors(pid).some((link) => links.has(link)))
    .sort((a, b) => a - b);
}

/** What each descriptor leads to; empty if the process is gone or another user's. */
function readDescriptors(pid: number): string[] {
  const folder = `/proc/${pid}/fd`;
  return listNames(folder).flatMap((name) => {
    try {
      return [Deno.readLinkSync(`${folder}/${name}`)];
    } catch {
      return []; // Closed since.
    }
  });
}
