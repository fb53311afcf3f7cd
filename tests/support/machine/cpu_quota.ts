/** Makes a control group with limited CPU time, under cgroup version 1 or 2. */

import { type ControlGroup, makeControlGroup } from "./control_group.ts";

export type CpuQuota = ControlGroup;

const PERIOD_US = 100_000;

/** @returns `undefined` if no such group can be made */
export function makeCpuQuota(percent: number): CpuQuota | undefined {
  const quota = percent * PERIOD_US / 100;
  return makeControlGroup("cpu", {
    1: { "cpu.cfs_period_us": `${PERIOD_US}`, "cpu.cfs_quota_us": `${quota}` },
    2: { "cpu.max": `${quota} ${PERIOD_US}` },
  });
}
