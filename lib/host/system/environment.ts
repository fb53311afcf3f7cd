/** The environment of this process: its variables, its user, its pid. */

/** For variables of other programs; tandem's own are read by the command line. */
export function environmentVariable(name: string): string | undefined {
  return Deno.env.get(name);
}

export function isRoot(): boolean {
  return Deno.uid() === 0;
}

export function ownPid(): number {
  return Deno.pid;
}
