/** How many CPUs this process may use: affinity and cgroup quota, never the host's count. */

import { exists } from "./files.ts";

type Read = (path: string) => string | undefined;

/** `nproc` as the container sees it: min(affinity, quota rounded up), at least 1. */
export function usableCpus(read: Read = readText): number {
  const allowed = countAllowed(read("/proc/self/status") ?? "") ?? navigator.hardwareConcurrency;
  const mounts = read("/proc/self/mountinfo") ?? "";
  const folders = quotaFolders(read("/proc/self/cgroup") ?? "", mounts);
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

/** @param status the text of /proc/self/status */
export function countAllowed(status: string): number | undefined {
  const mask = /^Cpus_allowed:\s*([0-9a-f,]+)$/m.exec(status)?.[1];
  if (mask === undefined) return undefined;
  const bits = [...mask.replaceAll(",", "")].map((digit) => parseInt(digit, 16));
  return bits.reduce(
    (sum, digit) => sum + [0, 1, 1, 2, 1, 2, 2, 3, 1, 2, 2, 3, 2, 3, 3, 4][digit]!,
    0,
  );
}

export interface QuotaFolder {
  version: 1 | 2;
  path: string;
}

/**
 * The folders whose CPU quota binds this process: its own group and every one above it, as far as they are mounted.
 * @param groups the text of /proc/self/cgroup
 * @param mounts the text of /proc/self/mountinfo
 */
export function quotaFolders(groups: string, mounts: string): QuotaFolder[] {
  return groups.split("\n").flatMap((line) => {
    const [, id, controllers = "", group = ""] = /^(\d+):([^:]*):(.*)$/.exec(line) ?? [];
    const version = id === "0" && controllers === "" ? 2 : 1;
    if (id === undefined || (version === 1 && !controllers.split(",").includes("cpu"))) return [];
    const mount = findMount(mounts, version);
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

function findMount(mounts: string, version: 1 | 2): { root: string; point: string } | undefined {
  for (const line of mounts.split("\n")) {
    const [left = "", right = ""] = line.split(" - ");
    const [, , , root = "", point = ""] = left.split(" ");
    const [type, , options = ""] = right.split(" ");
    const matches = version === 2
      ? type === "cgroup2"
      : type === "cgroup" && options.split(",").includes("cpu");
    if (matches) return { root: root === "/" ? "" : root, point };
  }
  return undefined;
}

/** CPUs' worth of time that a group gets, in whole CPUs and parts; Infinity for no limit. */
function readQuota({ version, path }: QuotaFolder, read: Read): number {
  return version === 2
    ? quotaOf(read(`${path}/cpu.max`))
    : quotaOf(`${read(`${path}/cpu.cfs_quota_us`)} ${read(`${path}/cpu.cfs_period_us`)}`);
}

/** @param text "QUOTA PERIOD" in microseconds; "max" or -1 for no limit */
export function quotaOf(text: string | undefined): number {
  const [, quota, period] = /^\s*(\d+)\s+(\d+)\s*$/.exec(text ?? "") ?? [];
  return Number(period) > 0 ? Number(quota) / Number(period) : Infinity;
}
