import type { ChildPlan } from "../../plan/launch_plan.ts";
import { failed, type Finding, ok } from "./finding.ts";

/** What the executable said of itself, or why it could not. */
export type VersionResult = { version: string } | { complaint: string };

/**
 * @param path where the executable is; nothing when it is not there or not executable
 * @param told absent where nobody asked it, because that takes a process
 */
export function checkExecutable(
  { name, executable }: Pick<ChildPlan, "name" | "executable">,
  path: string | undefined,
  told?: VersionResult,
): Finding {
  if (path === undefined) {
    return executable.includes("/")
      ? failed(name, `${executable} is not there or not executable`, `correct --${name}`)
      : failed(
        name,
        `cannot find ${executable} on PATH`,
        `install ${name}, or say where it is with --${name}`,
      );
  }
  if (told === undefined) return ok(name, path);
  return "version" in told
    ? ok(name, `${told.version} (${path})`)
    : failed(name, `${path} does not run: ${told.complaint}`, `mend it, or correct --${name}`);
}

/** The interpreter of a script, as its first line names it: what may stand behind `env` included. */
export function interpreterOf(script: string): string | undefined {
  const words = /^#!\s*(.+)/.exec(script)?.[1]?.trim().split(/\s+/) ?? [];
  const [first, ...more] = words;
  if (first === undefined) return undefined;
  if (first.endsWith("/env")) return more.find((word) => !/^-|=/.test(word));
  // pip's way around a path too long for the first line: sh, which execs the Python of the second.
  if (first.endsWith("/sh")) return /^'''exec' "?([^"\s]+)/m.exec(script)?.[1];
  return first;
}
