/** Reads the limit of a memory control group, which all processes in it share, and how many the kernel killed in it. */

import type { MemoryKills } from "../../plan/format.ts";
import { findCgroupFolders, readCgroupFile as read } from "./cgroups.ts";

/** Bytes; Infinity if there is no limit. */
export function memoryLimit(pid?: number): number {
  const limits = findCgroupFolders("memory", read, pid).map(({ version, path }) =>
    limitOf(read(`${path}/${version === 2 ? "memory.max" : "memory.limit_in_bytes"}`))
  );
  return Math.min(Infinity, ...limits);
}

/** Version 1 shows the absence of a limit as 2^63 bytes less a page; no machine has 2^60. */
const NO_LIMIT = 2 ** 60;

/** @param text bytes, or "max" */
export function limitOf(text: string | undefined): number {
  const bytes = /^\d+$/.test(text?.trim() ?? "") ? Number(text) : Infinity;
  return bytes >= NO_LIMIT ? Infinity : bytes;
}

/**
 * How many processes of a process's own group the kernel has killed for want of memory, since the group was made;
 * `undefined` if that cannot be read.
 */
export function countMemoryKills(pid?: number): number | undefined {
  // With both versions mounted, only one of them has the memory controller.
  for (const { version, path } of findCgroupFolders("memory", read, pid).reverse()) {
    const kills = killsOf(read(`${path}/memory.${version === 2 ? "events" : "oom_control"}`));
    if (kills !== undefined) return kills;
  }
  return undefined;
}

/** @param text of memory.events or memory.oom_control */
export function killsOf(text: string | undefined): number | undefined {
  const count = /^oom_kill (\d+)$/m.exec(text ?? "")?.[1];
  return count === undefined ? undefined : Number(count);
}

export interface MemoryWatch {
  /** Kills before the start; `undefined` if they cannot be counted. */
  before: number | undefined;
  /** Kills since then. */
  read(): MemoryKills | undefined;
}

export function openMemoryWatch(): MemoryWatch {
  const before = countMemoryKills();
  return {
    before,
    read() {
      const kills = countMemoryKills();
      if (kills === undefined || before === undefined) return undefined;
      return {
        kills: kills - before,
        // Read only where kills are told: most stops have none.
        get limit() {
          return memoryLimit();
        },
      };
    },
  };
}
