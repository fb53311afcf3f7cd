/** What the processes of a launcher use. */

import { type ProcessEntry, read } from "../../../tests/support/machine/process_table.ts";
import { cpuMilliseconds } from "./cpu_clock.ts";

export interface Usage {
  processes: number;
  threads: number;
  /** Megabytes. */
  rss: number;
  anonymous: number;
  /** Context switches of the threads that run now. */
  switches: number;
  cpuMs: number;
}

/** The sums of all of them. */
export function usageOf(launcher: readonly ProcessEntry[]): Usage {
  const statuses = launcher.map(({ pid }) => read(pid, "status") ?? "");
  const threads = launcher.flatMap(({ pid }) => threadStatuses(pid));
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
    cpuMs: sum(launcher.map(({ pid }) => cpuMilliseconds(pid))),
  };
}

function threadStatuses(pid: number): string[] {
  return [...Deno.readDirSync(`/proc/${pid}/task`)]
    .map(({ name }) => read(pid, `task/${name}/status`) ?? "");
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}

/** @param status the text of /proc/PID/status */
function numberOf(status: string, field: string): number {
  return Number(new RegExp(`^${field}:\\s*(\\d+)`, "m").exec(status)?.[1] ?? 0);
}
