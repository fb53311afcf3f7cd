/** A variable that is another program's; tandem's own are settled by the command line. */
export function variable(name: string): string | undefined {
  return Deno.env.get(name);
}
