/** Finds the memory limit of this process's control group, which all processes in it share. */

import { findCgroupFolders, readCgroupFile as read } from "./cgroups.ts";

/** Bytes; Infinity if there is no limit. */
export function memoryLimit(): number {
  const limits = findCgroupFolders("memory", read).map(({ version, path }) =>
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
