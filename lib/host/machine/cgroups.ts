/** Finds the control groups whose limits apply to this process, in cgroup version 1 and 2. */

import { exists, readTextIfExists } from "../system/if_exists.ts";
import { type Mount, parseMounts } from "../system/mounts.ts";

export interface CgroupFolder {
  version: 1 | 2;
  path: string;
}

export type CgroupController = "cpu" | "memory";

/** `undefined` if there is no such file; replaced in tests. */
export type ReadText = (path: string) => string | undefined;

/** Most files of a group are missing in its root, and `exists` makes that answer cheap. */
export const readCgroupFile: ReadText = (path) => exists(path) ? readTextIfExists(path) : undefined;

/** A process's own group and those above it, from the outermost inwards, as far as they are mounted here. */
export function findCgroupFolders(
  controller: CgroupController,
  read: ReadText,
  pid: number | "self" = "self",
): CgroupFolder[] {
  const groups = read(`/proc/${pid}/cgroup`) ?? "";
  return cgroupFolders(groups, read("/proc/self/mountinfo") ?? "", controller);
}

/**
 * @param groups the text of /proc/self/cgroup
 * @param mounts the text of /proc/self/mountinfo
 */
export function cgroupFolders(
  groups: string,
  mounts: string,
  controller: CgroupController,
): CgroupFolder[] {
  const parsed = parseMounts(mounts, "cgroup");
  return groups.split("\n").flatMap((line) => {
    const [, id, controllers = "", group = ""] = /^(\d+):([^:]*):(.*)$/.exec(line) ?? [];
    const version = id === "0" && controllers === "" ? 2 : 1;
    if (id === undefined || (version === 1 && !controllers.split(",").includes(controller))) {
      return [];
    }
    const mount = findMount(parsed, version, controller);
    if (!mount) return [];
    // Without a cgroup namespace the group has the host's name for it, and only a part of the tree is mounted here.
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
  mounts: readonly Mount[],
  version: 1 | 2,
  controller: CgroupController,
): { root: string; point: string } | undefined {
  const found = mounts.find(({ type, fileSystemOptions }) =>
    version === 2 ? type === "cgroup2" : type === "cgroup" && fileSystemOptions.includes(controller)
  );
  return found && { root: found.root === "/" ? "" : found.root, point: found.point };
}
