/** Formats what is generated as the gate's `deno fmt --check` wants it. */

import { root } from "../../imports.ts";

export async function format(text: string, ext: "md" | "json"): Promise<string> {
  const child = new Deno.Command(Deno.execPath(), {
    args: ["fmt", "--ext", ext, "-"],
    cwd: root,
    stdin: "piped",
    stdout: "piped",
  }).spawn();
  const writer = child.stdin.getWriter();
  const written = writer.write(new TextEncoder().encode(text)).then(() => writer.close());
  const [{ success, stdout }] = await Promise.all([child.output(), written]);
  if (!success) throw new Error(`deno fmt cannot read the generated ${ext}`);
  return new TextDecoder().decode(stdout);
}

/** The samples of a candidate in one line, so that a diff has a line for each. */
export function jsonText(value: unknown): string {
  return JSON.stringify(value, null, 2)
    .replaceAll(/\[[\s\d.,e+-]*(?:null[\s\d.,e+-]*)*\]/g, (array) => array.replaceAll(/\s+/g, " "));
}
