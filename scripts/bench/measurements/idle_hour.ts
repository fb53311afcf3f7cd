/** The CPU time that a launcher takes while the pair waits for requests. */

import { isLauncher } from "../candidates.ts";
import type { Measurement } from "../measurement.ts";
import { idleUsage } from "./idle_usage.ts";

/** Runtimes end the threads that they no longer need after 10 s. */
const SETTLING_MS = 20_000;
const HOUR = 60;

export function idleHour(minutes: number): Measurement {
  return {
    name: "idle",
    suits: isLauncher,
    title: "The launcher in an idle hour: CPU time and wake-ups",
    notes: [
      `Measured for ${minutes} minutes, all candidates at once` +
      (minutes === HOUR ? "." : "; the figures are those of an hour."),
      "All processes of the launcher, without nginx and gunicorn: user and system time by the kernel's clock, and " +
      "the context switches of all threads.",
    ],
    metrics: [
      { title: "CPU time, ms per hour", digits: 1 },
      { title: "context switches per hour", digits: 0 },
    ],
    rounds: () => 1,
    order: "at once",
    async measure(candidate, benchFolder) {
      const times = { settlingMs: SETTLING_MS, idleMs: minutes * 60_000 };
      const { before, after } = await idleUsage(candidate, benchFolder, times);
      if (after.processes < before.processes) throw new Error("a process of it ended");
      const scale = HOUR / minutes;
      return [
        (after.cpuMs - before.cpuMs) * scale,
        (after.switches - before.switches) * scale,
      ];
    },
  };
}
