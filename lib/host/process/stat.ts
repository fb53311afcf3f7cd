/** Reads the processes that /proc shows: their pids, and the fields of /proc/PID/stat that tandem uses. */

import { escapeControls } from "../../plan/format.ts";
import { listNames, readTextIfExists } from "../system/if_exists.ts";

export interface ProcessStat {
  /** The first 15 bytes of the executable's or script's name, or what the process calls itself; escaped. */
  name: string;
  /** One letter, as in proc_pid_stat(5): Z for a zombie. */
  state: string;
  parent: number;
  /** The pid of its process group's leader. */
  group: number;
  /** The number of its controlling terminal; 0 if it has none. */
  terminal: number;
  /** Time spent in user and in kernel mode, in clock ticks. */
  cpuTicks: number;
  /** That of its children that have exited and been waited for, and of theirs. */
  childrenCpuTicks: number;
  /** Clock ticks after boot. Unlike the pid alone, pid and start identify a process for good. */
  startTicks: number;
}

/** Milliseconds in a clock tick: USER_HZ is 100 on x86-64 and arm64 Linux. */
export const TICK_MS = 10;

/** All processes of this pid namespace, in no order; empty without /proc. */
export function listPids(): number[] {
  return listNames("/proc").map(Number).filter((pid) => pid > 0);
}

/** `undefined` if there is no such process, or only its zombie. */
export function readStat(pid: number): ProcessStat | undefined {
  const stat = readStatOfAny(pid);
  return stat?.state === "Z" ? undefined : stat;
}

/** Like `readStat`, but for zombies too. */
export function readStatOfAny(pid: number): ProcessStat | undefined {
  const text = readTextIfExists(`/proc/${pid}/stat`);
  return text === undefined ? undefined : parseStat(text);
}

/** @param text of /proc/PID/stat */
export function parseStat(text: string): ProcessStat {
  // The second field is the name in parentheses, and may itself contain spaces and parentheses.
  const end = text.lastIndexOf(")");
  const fields = text.slice(end + 2).split(" ");
  return {
    name: escapeControls(text.slice(text.indexOf("(") + 1, end)),
    state: fields[0] ?? "",
    parent: Number(fields[1]),
    group: Number(fields[2]),
    terminal: Number(fields[4]),
    cpuTicks: Number(fields[11]) + Number(fields[12]),
    childrenCpuTicks: Number(fields[13]) + Number(fields[14]),
    startTicks: Number(fields[19]),
  };
}
