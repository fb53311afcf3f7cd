/** A control group of our own with limits, under cgroup version 1 or 2. */

import { until } from "../waiting.ts";

export interface ControlGroup extends AsyncDisposable {
  /** A process that writes its pid into it joins the group. */
  readonly joinFile: string;
}

/** The files of a limit and their values, in each version. */
export type Limits = Record<1 | 2, Record<string, string>>;

/** @returns `undefined` if no such group can be made */
export function makeControlGroup(controller: string, limits: Limits): ControlGroup | undefined {
  for (const { version, folder } of mounts(controller)) {
    const group = `${folder}/tandem-e2e-${crypto.randomUUID()}`;
    try {
      Deno.mkdirSync(group);
    } catch {
      continue;
    }
    try {
      for (const [file, value] of Object.entries(limits[version])) {
        Deno.writeTextFileSync(`${group}/${file}`, value);
      }
    } catch {
      Deno.removeSync(group);
      continue;
    }
    return {
      joinFile: `${group}/cgroup.procs`,
      [Symbol.asyncDispose]: () => remove(group),
    };
  }
  return undefined;
}

/** The kernel lets a group go only some moments after its last process. */
async function remove(group: string): Promise<void> {
  await until(5000, "an empty control group", () => {
    try {
      Deno.removeSync(group);
      return true;
    } catch (error) {
      if (error instanceof Deno.errors.NotFound) return true;
      return false;
    }
  });
}

/** Where the controller may be had, version 1 before 2: on a machine with both it is the former's. */
function mounts(controller: string): { version: 1 | 2; folder: string }[] {
  const lines = Deno.readTextFileSync("/proc/self/mounts").split("\n").map((line) =>
    line.split(" ")
  );
  const found = (version: 1 | 2, matches: (type: string, options: string[]) => boolean) =>
    lines.filter(([, , type = "", options = ""]) => matches(type, options.split(",")))
      .map(([, folder = ""]) => ({ version, folder }));
  return [
    ...found(1, (type, options) => type === "cgroup" && options.includes(controller)),
    ...found(2, (type) => type === "cgroup2"),
  ];
}
