/** Makes a control group with limited CPU time, under cgroup version 1 or 2. */

import { until } from "../waiting.ts";

export interface CpuQuota extends AsyncDisposable {
  /** A process that writes its pid into it joins the group. */
  readonly joinFile: string;
}

const PERIOD_US = 100_000;

/** @returns `undefined` if no such group can be made */
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

/** The kernel refuses to remove a group until shortly after its last process has exited. */
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

/** Mounts that may have the cpu controller, version 1 first: on a machine with both, version 1 has it. */
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
