/** Reads /proc: the processes of this pid namespace and of those below it. */

export interface ProcessEntry {
  pid: number;
  parent: number;
  /** One letter, as in proc_pid_stat(5): Z for a zombie. */
  state: string;
  /** The first 15 bytes of the file name of the executable or script. */
  name: string;
}

export function processes(): ProcessEntry[] {
  return [...Deno.readDirSync("/proc")]
    .filter(({ name }) => /^\d+$/.test(name))
    .flatMap(({ name }) => readEntry(Number(name)) ?? []);
}

/** `undefined` if the process has exited and been reaped. */
export function readEntry(pid: number): ProcessEntry | undefined {
  const stat = read(pid, "stat");
  const [, name, state, parent] = /^\d+ \(([^]*)\) (\S) (\d+)/.exec(stat ?? "") ?? [];
  if (name === undefined || state === undefined) return undefined;
  return { pid, name, state, parent: Number(parent) };
}

export function isAlive(pid: number): boolean {
  const entry = readEntry(pid);
  return entry !== undefined && entry.state !== "Z";
}

/** argv, including the executable's name. */
export function argumentsOf(pid: number): string[] {
  return (read(pid, "cmdline") ?? "").split("\0").slice(0, -1);
}

export function environmentOf(pid: number): string[] {
  return (read(pid, "environ") ?? "").split("\0");
}

/** `undefined` for a zombie. */
export function workingDirectoryOf(pid: number): string | undefined {
  try {
    return Deno.readLinkSync(`/proc/${pid}/cwd`);
  } catch {
    return undefined;
  }
}

/** Reads a file of /proc/PID; `undefined` if the process has exited or belongs to another user. */
export function read(pid: number, file: string): string | undefined {
  try {
    return Deno.readTextFileSync(`/proc/${pid}/${file}`);
  } catch {
    return undefined;
  }
}

/** Does nothing if the process has been reaped. */
export function killByPid(pid: number, signal: Deno.Signal): void {
  try {
    Deno.kill(pid, signal);
  } catch (error) {
    if (readEntry(pid) !== undefined) throw error;
  }
}
