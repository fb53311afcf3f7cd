/** What a test needs of the machine; a test whose needs are not met is ignored. */

import { USUAL_PATH } from "../environment.ts";

export interface Needs {
  root?: boolean;
  /** Names of executables in `USUAL_PATH`. */
  tools?: readonly string[];
}

export const isRoot = Deno.uid() === 0;

/** The name and `ignore` of a test's options; the name shows what is missing. */
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

/** @returns its path, or `undefined` if it is not in `USUAL_PATH` */
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
