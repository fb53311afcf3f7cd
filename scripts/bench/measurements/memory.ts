/** The memory, threads and wake-ups of a launcher while the pair serves. */

import { pause } from "../../../tests/support/waiting.ts";
import { type ProcessEntry, read } from "../../../tests/support/machine/process_table.ts";
import { warmUp } from "../clients.ts";
import { Launch } from "../launch.ts";
import type { Measurement } from "../measurement.ts";

const SETTLING_MS = 2000;
const IDLE_MS = 5000;

export const memory: Measurement = {
  name: "memory",
  ofLauncher: true,
  title: "The launcher while the pair serves: memory, threads and wake-ups",
  notes: [
    "All processes of the launcher, without nginx and gunicorn; a page that two of them share counts twice.",
    `Wake-ups are the context switches of all its threads in ${IDLE_MS / 1000} idle seconds.`,
  ],
  metrics: [
    { title: "processes", digits: 0 },
    { title: "threads", digits: 0 },
    { title: "RSS, MB", digits: 1 },
    { title: "anonymous, MB", digits: 1 },
    { title: "wake-ups", digits: 0 },
  ],
  rounds: (asked) => Math.ceil(asked / 5),
  order: "at once",
  async measure(candidate, benchFolder) {
    await using launch = new Launch(benchFolder, candidate, { pair: "nginx and gunicorn" });
    await launch.firstAnswer();
    await warmUp(launch);
    await pause(SETTLING_MS);
    const before = measureProcesses(launch.launcherProcesses());
    await pause(IDLE_MS);
    const after = measureProcesses(launch.launcherProcesses());
    const { processes, threads, rss, anonymous } = after;
    return [processes, threads, rss, anonymous, after.switches - before.switches];
  },
};

function measureProcesses(launcher: ProcessEntry[]) {
  const sum = (numbers: number[]) => numbers.reduce((total, number) => total + number, 0);
  const statuses = launcher.map(({ pid }) => read(pid, "status") ?? "");
  const threads = launcher.flatMap(({ pid }) =>
    [...Deno.readDirSync(`/proc/${pid}/task`)].map(({ name }) =>
      read(pid, `task/${name}/status`) ?? ""
    )
  );
  const megabytes = (field: string) =>
    sum(statuses.map((status) => numberOf(status, field))) * 1024 / 1e6;
  return {
    processes: launcher.length,
    threads: threads.length,
    rss: megabytes("VmRSS"),
    anonymous: megabytes("RssAnon"),
    switches: sum(
      threads.map((status) =>
        numberOf(status, "voluntary_ctxt_switches") +
        numberOf(status, "nonvoluntary_ctxt_switches")
      ),
    ),
  };
}

/** @param status the text of /proc/PID/status */
function numberOf(status: string, field: string): number {
  return Number(new RegExp(`^${field}:\\s*(\\d+)`, "m").exec(status)?.[1] ?? 0);
}
