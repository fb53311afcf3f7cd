/** What /proc/PID/stat says of a process, as far as tandem asks. */
export interface ProcessStat {
  /** The first 15 bytes of the executable's or script's name. */
  name: string;
  /** One letter, as in proc_pid_stat(5): Z for a zombie. */
  state: string;
  parent: number;
  /** Time spent in user and in kernel mode, in clock ticks. */
  cpuTicks: number;
  /** Clock ticks after boot: with the pid it names a process for good. */
  startTicks: number;
}

/** USER_HZ, in which Linux tells times on every machine that tandem runs on. */
export const TICK_MS = 10;

/** Nothing when there is no such process, or only its zombie. */
export function readStat(pid: number): ProcessStat | undefined {
  const stat = readStatOfAny(pid);
  return stat?.state === "Z" ? undefined : stat;
}

/** A zombie too. */
export function readStatOfAny(pid: number): ProcessStat | undefined {
  try {
    return parseStat(Deno.readTextFileSync(`/proc/${pid}/stat`));
  } catch {
    return undefined;
  }
}

/** @param text of /proc/PID/stat */
export function parseStat(text: string): ProcessStat {
  // The second field is the name in parentheses, and may itself hold spaces and parentheses.
  const end = text.lastIndexOf(")");
  const fields = text.slice(end + 2).split(" ");
  return {
    name: text.slice(text.indexOf("(") + 1, end),
    state: fields[0] ?? "",
    parent: Number(fields[1]),
    cpuTicks: Number(fields[11]) + Number(fields[12]),
    startTicks: Number(fields[19]),
  };
}
