/** Who tandem is here, and what it is told of others. */

/** A variable that is another program's; tandem's own are settled by the command line. */
export function environmentVariable(name: string): string | undefined {
  return Deno.env.get(name);
}

export function isRoot(): boolean {
  return Deno.uid() === 0;
}

export function ownPid(): number {
  return Deno.pid;
}
