/** Finds an executable as a shell does. */

import { DEFAULT_PATH, environmentVariable } from "../system/environment.ts";
import { statIfExists } from "../system/if_exists.ts";

/** The path of an executable, given its path or its name on PATH; `undefined` if there is none. */
export function findExecutable(name: string): string | undefined {
  const folders = name.includes("/")
    ? [""]
    : (environmentVariable("PATH") || DEFAULT_PATH).split(":");
  const candidates = folders.map((folder) => folder ? `${folder}/${name}` : name);
  return candidates.find((path) => isExecutableFile(path));
}

function isExecutableFile(path: string): boolean {
  const info = statIfExists(path);
  return info !== undefined && info.isFile && ((info.mode ?? 0) & 0o111) !== 0;
}
