/** Counts the CPUs that this process may use by its affinity and cgroup quota, not those of the host. */

import { libc } from "../system/libc.ts";
import { type CgroupFolder, findCgroupFolders, readCgroupFile, type ReadText } from "./cgroups.ts";

/** The smaller of the affinity and the quota, the quota rounded up; at least 1. */
export function usableCpus(read: ReadText = readCgroupFile, affinity = readAffinity()): number {
  const allowed = affinity ? countBits(affinity) : navigator.hardwareConcurrency;
  const quotas = findCgroupFolders("cpu", read).map((folder) => Math.ceil(readQuota(folder, read)));
  return Math.max(1, Math.min(allowed, ...quotas));
}

/** For 1,024 CPUs, the size of glibc's cpu_set_t. */
const MASK_BYTES = 128;

/** One bit for each CPU that this process may run on; `undefined` if the kernel's mask is larger. */
function readAffinity(): Uint8Array | undefined {
  const mask = new Uint8Array(MASK_BYTES);
  return libc().sched_getaffinity(0, BigInt(MASK_BYTES), mask) === 0 ? mask : undefined;
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

/** @param text "QUOTA PERIOD" in microseconds; a quota of "max" or -1 is no limit */
export function quotaOf(text: string | undefined): number {
  const [, quota, period] = /^\s*(\d+)\s+(\d+)\s*$/.exec(text ?? "") ?? [];
  return Number(period) > 0 ? Number(quota) / Number(period) : Infinity;
}
