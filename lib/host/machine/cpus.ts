/** How many CPUs this process may use: affinity and cgroup quota, never the host's count. */

import { exists } from "../files/files.ts";
import { libc } from "../system/libc.ts";

type Read = (path: string) => string | undefined;

/** `nproc` as the container sees it: min(affinity, quota rounded up), at least 1. */
export function usableCpus(read: Read = readText, affinity = readAffinity()): number {
  const allowed = affinity ? countBits(affinity) : navigator.hardwareConcurrency;
  const mounts = read("/proc/self/mountinfo") ?? "";
  const folders = cgroupFolders(read("/proc/self/cgroup") ?? "", mounts);
  const quotas = folders.map((folder) => Math.ceil(readQuota(folder, read)));
  return Math.max(1, Math.min(allowed, ...quotas));
}

function readText(path: string): string | undefined {
  if (!exists(path)) return undefined;
  try {
    return Deno.readTextFileSync(path);
  } catch {
    return undefined;
  }
}

/** For 1,024 CPUs, as many as the C library's own sets have. */
const MASK_BYTES = 128;

/** One bit for each CPU that this process may run on; nothing where there are more. */
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

export interface CgroupFolder {
  version: 1 | 2;
  path: string;
}

/**
 * The folders whose quota binds this process: its own group and every one above it, as far as they are mounted.
 * @param groups the text of /proc/self/cgroup
 * @param mounts the text of /proc/self/mountinfo
 */
export function cgroupFolders(
  groups: string,
  mounts: string,
  controller: "cpu" | "memory" = "cpu",
): CgroupFolder[] {
  return groups.split("\n").flatMap((line) => {
    const [, id, controllers = "", group = ""] = /^(\d+):([^:]*):(.*)$/.exec(line) ?? [];
    const version = id === "0" && controllers === "" ? 2 : 1;
    if (id === undefined || (version === 1 && !controllers.split(",").includes(controller))) {
      return [];
    }
    const mount = findMount(mounts, version, controller);
    if (!mount) return [];
    // Without a cgroup namespace the group's name is the host's, and the mount shows a part of it.
    const inside = isWithin(group, mount.root) ? group.slice(mount.root.length) : "";
    const names = inside.split("/").filter((name) => name !== "" && name !== "..");
    return [...names.keys(), names.length]
      .map((depth) => ({ version, path: [mount.point, ...names.slice(0, depth)].join("/") }));
  });
}

function isWithin(group: string, root: string): boolean {
  return root === "" || group === root || group.startsWith(`${root}/`);
}

function findMount(
  mounts: string,
  version: 1 | 2,
  controller: string,
): { root: string; point: string } | undefined {
  const groups = mounts.split("\n").filter((line) => line.includes(" - cgroup"));
  for (const line of groups) {
    const [left = "", right = ""] = line.split(" - ");
    const [, , , root = "", point = ""] = left.split(" ");
    const [type, , options = ""] = right.split(" ");
    const matches = version === 2
      ? type === "cgroup2"
      : type === "cgroup" && options.split(",").includes(controller);
    if (matches) return { root: root === "/" ? "" : root, point };
  }
  return undefined;
}

/** CPUs' worth of time that a group gets, in whole CPUs and parts; Infinity for no limit. */
function readQuota({ version, path }: CgroupFolder, read: Read): number {
  return version === 2
    ? quotaOf(read(`${path}/cpu.max`))
    : quotaOf(`${read(`${path}/cpu.cfs_quota_us`)} ${read(`${path}/cpu.cfs_period_us`)}`);
}

/** @param text "QUOTA PERIOD" in microseconds; "max" or -1 for no limit */
export function quotaOf(text: string | undefined): number {
  const [, quota, period] = /^\s*(\d+)\s+(\d+)\s*$/.exec(text ?? "") ?? [];
  return Number(period) > 0 ? Number(quota) / Number(period) : Infinity;
}
