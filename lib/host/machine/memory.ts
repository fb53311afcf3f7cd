/** How much memory this process and all others of its control group may use together. */

import { cgroupFolders } from "./cpus.ts";

/** Bytes; Infinity for no limit. */
export function memoryLimit(): number {
  const folders = cgroupFolders(
    read("/proc/self/cgroup") ?? "",
    read("/proc/self/mountinfo") ?? "",
    "memory",
  );
  const limits = folders.map(({ version, path }) =>
    limitOf(read(`${path}/${version === 2 ? "memory.max" : "memory.limit_in_bytes"}`))
  );
  return Math.min(Infinity, ...limits);
}

/** Version 1 has no word for "no limit": it says the largest number of pages there is. */
const NO_LIMIT = 2 ** 60;

/** @param text bytes, or "max" */
export function limitOf(text: string | undefined): number {
  const bytes = /^\d+$/.test(text?.trim() ?? "") ? Number(text) : Infinity;
  return bytes >= NO_LIMIT ? Infinity : bytes;
}

function read(path: string): string | undefined {
  try {
    return Deno.readTextFileSync(path);
  } catch {
    return undefined;
  }
}
