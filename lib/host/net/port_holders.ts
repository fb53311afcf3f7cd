/** Who holds a listening socket on this machine, as far as this process may see. */

import type { Address } from "../../plan/address.ts";
import { readStat } from "../process/stat.ts";

/** "nginx, pid 12"; who cannot be seen belongs to another user, container or namespace. */
export function findPortHolder(address: Address): string {
  const inodes = address.transport === "unix" ? unixInodes(address.path) : tcpInodes(address.port);
  const pids = inodes.length ? pidsWith(new Set(inodes.map((inode) => `socket:[${inode}]`))) : [];
  const holders = pids.flatMap((pid) => {
    const stat = readStat(pid);
    return stat ? [{ pid, ...stat }] : [];
  });
  // Workers hold what their master gave them.
  const first = holders.find(({ parent }) => !pids.includes(parent)) ?? holders[0];
  return first ? `${first.name}, pid ${first.pid}` : "a process that cannot be seen from here";
}

const LISTEN = "0A";
/** The `__SO_ACCEPTCON` of Linux, as /proc/net/unix prints it. */
const ACCEPTS = "00010000";

function tcpInodes(port: number): string[] {
  const wanted = `:${port.toString(16).toUpperCase().padStart(4, "0")}`;
  return ["/proc/net/tcp", "/proc/net/tcp6"].flatMap((table) =>
    fieldsOf(table)
      .filter(([, local = "", , state]) => local.endsWith(wanted) && state === LISTEN)
      .map((fields) => fields[9] ?? "")
  );
}

function unixInodes(path: string): string[] {
  return fieldsOf("/proc/net/unix")
    .filter((fields) => fields[3] === ACCEPTS && fields.slice(7).join(" ") === path)
    .map((fields) => fields[6] ?? "");
}

function fieldsOf(table: string): string[][] {
  try {
    return Deno.readTextFileSync(table).split("\n").map((line) => line.trim().split(/\s+/));
  } catch {
    return [];
  }
}

function pidsWith(links: Set<string>): number[] {
  return [...Deno.readDirSync("/proc")]
    .map(({ name }) => Number(name))
    .filter((pid) => pid > 0 && descriptorsOf(pid).some((link) => links.has(link)))
    .sort((one, other) => one - other);
}

/** What its descriptors stand for; none when the process is gone or another user's. */
function descriptorsOf(pid: number): string[] {
  const folder = `/proc/${pid}/fd`;
  try {
    return [...Deno.readDirSync(folder)].flatMap(({ name }) => {
      try {
        return [Deno.readLinkSync(`${folder}/${name}`)];
      } catch {
        return []; // Closed since.
      }
    });
  } catch {
    return [];
  }
}
