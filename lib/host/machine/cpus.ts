/** Counts the CPUs that this process may use by its affinity and cgroup quota, not those of the host. */

import { libc } from "../system/libc.ts";
import { type CgroupFolder, findCgroupFolders, readCgroupFile, type ReadText } from "./cgroups.ts";

/** The smaller of the affinity and the quota, the quota rounded up; at least 1. */
export function usableCpus(read: ReadText = readCgroupFile, affinity = readAffinity()): number {
  const allowed = affinity ? countBits(affinity) : navigator.hardwareConcurrency;
  const quotas = findCgroupFolders("cpu", read).map((folder) => Math.ceil(readQuota(folder, read)));
  return Math.max(1, Math.min(allowed, ...quotas));
}

/** All of the machine, as sysconf(_SC_NPROCESSORS_ONLN) has them: nginx starts one worker for each with `auto`. */
export function onlineCpus(read: ReadText = readCgroupFile): number {
  // "0-3,6"
  const ranges = read("/sys/devices/system/cpu/online")?.trim().split(",") ?? [];
  const count = ranges.reduce((sum, range) => {
    const [first, last = first] = range.split("-").map(Number);
    return sum + last! - first! + 1;
  }, 0);
  return count || navigator.hardwareConcurrency;
}

/** For 1,024 CPUs, the size of glibc's cpu_set_t, and for more than any kernel supports. */
const [FIRST_MASK_BYTES, LAST_MASK_BYTES] = [128, 64 * 1024];

/**
 * One bit for each CPU that this process may run on; `undefined` if the kernel does not say.
 * @param fill returns 0, or -1 if the kernel's mask is larger
 */
export function readAffinity(
  fill = (mask: Uint8Array<ArrayBuffer>) => libc().sched_getaffinity(0, BigInt(mask.length), mask),
): Uint8Array | undefined {
  for (let bytes = FIRST_MASK_BYTES; bytes <= LAST_MASK_BYTES; bytes *= 2) {
    const mask = new Uint8Array(bytes);
    if (fill(mask) === 0) return mask;
  }
  return undefined;
}

export function countBits(mask: Uint8Array): number {
  let count = 0;
  for (let byte of mask) {
    for (; byte; byte &= byte - 1) count++;
  }
  return count;
}

/** In CPUs, e.g. 1.5; Infinity if there is no limit. */
function readQuota({ version, path }: CgroupFolder, read: ReadText): number {
  return version === 2
    ? quotaOf(read(`${path}/cpu.max`))
    : quotaOf(`${read(`${path}/cpu.cfs_quota_us`)} ${read(`${path}/cpu.cfs_period_us`)}`);
}

/** @param text "QUOTA PERIOD" in microseconds; a quota of "max" or -1 is no limit; both have 64 bits */
export function quotaOf(text: string | undefined): number {
  const [, quota, period] = /^\s*(\d{1,20})\s+(\d{1,20})\s*$/.exec(text ?? "") ?? [];
  return Number(period) > 0 ? Number(quota) / Number(period) : Infinity;
}
