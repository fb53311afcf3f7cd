/** The environment of this process: its variables, its user, its pid. */

/** Used without a PATH in the environment; container engines set the same. */
export const DEFAULT_PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

/**
 * For variables of other programs; tandem's own are read by the command line.
 * @returns `undefined` also for a value that is not valid UTF-8, for which Deno throws
 */
export function environmentVariable(name: string): string | undefined {
  try {
    return Deno.env.get(name);
  } catch {
    return undefined;
  }
}

/**
 * Makes tandem's own environment what its children shall inherit. Copying it for them instead would lose the values
 * that are not valid UTF-8.
 */
export function prepareInheritedEnvironment(): void {
  // gunicorn would tell systemd that it is ready before nginx is. `readNotifyRequest` has read them by now.
  for (const name of ["NOTIFY_SOCKET", "WATCHDOG_USEC", "WATCHDOG_PID"]) Deno.env.delete(name);
  if (!isSet("PATH")) Deno.env.set("PATH", DEFAULT_PATH);
}

function isSet(name: string): boolean {
  try {
    return Deno.env.has(name);
  } catch {
    return true;
  }
}

export function isRoot(): boolean {
  return Deno.uid() === 0;
}

export function ownPid(): number {
  return Deno.pid;
}
