/** A control group of our own whose CPU time is limited, under cgroup version 1 or 2. */

import { until } from "../waiting.ts";

export interface CpuQuota extends AsyncDisposable {
  /** A process that writes its pid into it joins the group. */
  readonly joinFile: string;
}

const PERIOD_US = 100_000;

/** @returns nothing where no such group can be made */
export function makeCpuQuota(percent: number): CpuQuota | undefined {
  const quota = percent * PERIOD_US / 100;
  for (const { version, folder } of mounts()) {
    const group = `${folder}/tandem-e2e-${crypto.randomUUID()}`;
    try {
      Deno.mkdirSync(group);
    } catch {
      continue;
    }
    try {
      if (version === 2) Deno.writeTextFileSync(`${group}/cpu.max`, `${quota} ${PERIOD_US}`);
      else {
        Deno.writeTextFileSync(`${group}/cpu.cfs_period_us`, `${PERIOD_US}`);
        Deno.writeTextFileSync(`${group}/cpu.cfs_quota_us`, `${quota}`);
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

/** Where the cpu controller may be had, version 1 before 2: on a machine with both it is the former's. */
function mounts(): { version: 1 | 2; folder: string }[] {
  const lines = Deno.readTextFileSync("/proc/self/mounts").split("\n").map((line) =>
    line.split(" ")
  );
  const found = (version: 1 | 2, matches: (type: string, options: string[]) => boolean) =>
    lines.filter(([, , type = "", options = ""]) => matches(type, options.split(",")))
      .map(([, folder = ""]) => ({ version, folder }));
  return [
    ...found(1, (type, options) => type === "cgroup" && options.includes("cpu")),
    ...found(2, (type) => type === "cgroup2"),
  ];
}
