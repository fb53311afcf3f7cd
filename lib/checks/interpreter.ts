/** Finds the Python that runs gunicorn. */

import { readTextFile } from "../host/files/files.ts";
import { interpreterOf } from "./rules/executables.ts";

/** @returns `undefined` also if the file cannot be read, which an executable need not allow */
export function readInterpreter(path: string): string | undefined {
  try {
    return interpreterOf(readTextFile(path));
  } catch {
    return undefined;
  }
}
