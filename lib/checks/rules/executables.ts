/** Rules on the executables of nginx and gunicorn. */

import type { ChildPlan } from "../../plan/launch_plan.ts";
import { failed, type Finding, ok } from "./finding.ts";

export type VersionResult = { version: string } | { complaint: string };

/**
 * @param path `undefined` if there is no such executable
 * @param result absent in `serve`, which does not run it only for its version
 */
export function checkExecutable(
  { name, executable }: Pick<ChildPlan, "name" | "executable">,
  path: string | undefined,
  result?: VersionResult,
): Finding {
  if (path === undefined) {
    return executable.includes("/")
      ? failed(name, `${executable} is missing or not executable`, `correct --${name}`)
      : failed(
        name,
        `cannot find ${executable} on PATH`,
        `install ${name}, or set its path with --${name}`,
      );
  }
  if (result === undefined) return ok(name, path);
  return "version" in result
    ? ok(name, `${result.version} (${path})`)
    : failed(name, `${path} does not run: ${result.complaint}`, `fix it, or correct --${name}`);
}

/** The interpreter that the first line of a script names, directly or through `env` or `sh`. */
export function interpreterOf(script: string): string | undefined {
  const words = /^#!\s*(.+)/.exec(script)?.[1]?.trim().split(/\s+/) ?? [];
  const [first, ...more] = words;
  if (first === undefined) return undefined;
  if (first.endsWith("/env")) return more.find((word) => !/^-|=/.test(word));
  // If the path is too long for a first line, pip writes a script for sh whose second line runs Python.
  if (first.endsWith("/sh")) return /^'''exec' "?([^"\s]+)/m.exec(script)?.[1];
  return first;
}
