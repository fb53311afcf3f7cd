/** The words of the cells. */

import type { End } from "./trial.ts";

export const NOT_APPLICABLE = "–";

export function seconds(milliseconds: number): string {
  return `${(milliseconds / 1000).toFixed(1)} s`;
}

/** "137 in 0.3 s" is the exit status of the container. */
export function endCell(end: End, neither = "runs on"): string {
  if (end.kind === "neither") return neither;
  const time = `in ${seconds(end.milliseconds)}`;
  return end.kind === "exited" ? `${end.status} ${time}` : `restarted ${time}`;
}

export function yesOrNo(is: boolean): string {
  return is ? "yes" : "no";
}

/** What an image needs to run these: "Python", "a shell", "glibc" or "nothing", with the libraries of the ELF files. */
export function needsCell(needs: ReadonlySet<string>): string {
  return needs.size === 0 ? "nothing" : [...needs].toSorted().join(", ");
}

/** What the first line of a script, or the output of `ldd`, says of it. */
export function needsOf(firstLine: string, ldd: string): string[] {
  if (firstLine.startsWith("#!")) {
    return [/\bpython/.test(firstLine) ? "Python" : "a shell"];
  }
  const libraries = [...ldd.matchAll(/^\s*(lib\S+?)\.so/gm)].map(([, name = ""]) => name);
  return libraries.map((name) => GLIBC.has(name) ? "glibc" : name);
}

const GLIBC = new Set(["libc", "libm", "libdl", "libpthread", "librt", "libresolv", "libcrypt"]);
