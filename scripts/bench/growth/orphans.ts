/** Orphans that exit at the same time, as when a process pool of the model ends. */

import { OutputLines } from "../../../tests/support/output_lines.ts";
import type { Growth } from "../growth.ts";
import { Launch } from "../harness/launch.ts";
import { peers } from "./peers.ts";
import { usageOf } from "../harness/usage.ts";
import { inside } from "./inside.ts";

const READY_MS = 30_000;
/** A launcher that takes longer does not reap them. */
const REAPED_WITHIN_SECONDS = 10;

export const orphans: Growth = {
  name: "orphans",
  notes: [
    "As PID 1 of a pid namespace; the orphans exit at the same time.",
    "CPU time of all processes of the launcher for that; the time until the last has been reaped, without a point for " +
    `more than ${REAPED_WITHIN_SECONDS} s.`,
  ],
  x: { title: "orphans", values: [1, 10, 100, 1000, 10_000] },
  curves: [
    { name: "cpu", title: "CPU time to reap", y: "CPU time, ms", digits: 2 },
    { name: "time", title: "Time until all are reaped", y: "time, ms", digits: 1 },
  ],
  candidates: peers,
  async measure(candidate, count, benchFolder) {
    if (benchFolder.namespace.length === 0) throw new Error("needs a pid namespace");
    await using launch = new Launch(benchFolder, candidate, {
      pair: "nginx and gunicorn",
      asInit: true,
    });
    await launch.firstAnswer();
    const launcher = launch.launcherProcesses();
    const command = [benchFolder.program("storm"), `${count}`, `${REAPED_WITHIN_SECONDS}`];
    await using storm = inside(launch, command, "piped").spawn();
    const output = new OutputLines(storm.stdout);
    await output.line(/^ready$/, READY_MS);

    const before = usageOf(launcher).cpuMs;
    await storm.stdin.close();
    const line = await output.line(/^-?\d+$/, 2 * REAPED_WITHIN_SECONDS * 1000);
    const cpuMs = usageOf(launcher).cpuMs - before;
    await storm.status;
    const nanoseconds = Number(line);
    return nanoseconds < 0 ? [undefined, undefined] : [cpuMs, nanoseconds / 1e6];
  },
};
