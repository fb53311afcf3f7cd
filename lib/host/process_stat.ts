/** What /proc says of a process, as far as tandem asks. */
export interface ProcessStat {
  parent: number;
  /** Clock ticks after boot: with the pid it names a process for good. */
  startTicks: number;
}

/** Nothing when there is no such process, or only its zombie. */
export function readStat(pid: number): ProcessStat | undefined {
  let text: string;
  try {
    text = Deno.readTextFileSync(`/proc/${pid}/stat`);
  } catch {
    return undefined;
  }
  // The second field is the name in parentheses, and may itself hold spaces and parentheses.
  const fields = text.slice(text.lastIndexOf(")") + 2).split(" ");
  if (fields[0] === "Z") return undefined;
  return { parent: Number(fields[1]), startTicks: Number(fields[19]) };
}
