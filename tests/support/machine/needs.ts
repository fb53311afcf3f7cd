/** What a test needs of the machine: without it, the test is shown as ignored. */

import { USUAL_PATH } from "../environment.ts";

export interface Needs {
  root?: boolean;
  /** Executables of the usual PATH. */
  tools?: readonly string[];
}

export const isRoot = Deno.uid() === 0;

/** The options of a test that needs these: its title with what is missing, and whether it is ignored. */
export function titled(
  title: string,
  { root = false, tools = [] }: Needs,
): { name: string; ignore: boolean } {
  const missing = [
    ...(root && !isRoot ? ["root"] : []),
    ...tools.filter((tool) => findTool(tool) === undefined),
  ];
  if (missing.length === 0) return { name: title, ignore: false };
  return { name: `${title}: needs ${missing.join(", ")}`, ignore: true };
}

/** @returns its path, or `undefined` if there is none on the usual PATH */
export function findTool(name: string): string | undefined {
  return USUAL_PATH.split(":").map((folder) => `${folder}/${name}`).find(isFile);
}

function isFile(path: string): boolean {
  try {
    return Deno.statSync(path).isFile;
  } catch {
    return false;
  }
}
