/** Reads an nginx conf and all files that it includes. */

import { isInData, parseDirectives } from "../../nginx/directive_reader.ts";
import { type ConfFiles, globToRegExp, includePath } from "../../nginx/tree.ts";
import { listNames, readTextIfExists, statIfExists } from "../system/if_exists.ts";

/**
 * Files that cannot be read are left out: nginx reports them better. So are those of data, which name no path.
 * @param mostBytes larger files are left out too
 * @param onFifo called with each FIFO: to open one waits for a writer
 */
export function readConfFiles(
  main: string,
  mostBytes = Infinity,
  onFifo: (path: string) => void = () => {},
): ConfFiles {
  const files: ConfFiles = [];
  add(main);
  return files;

  function add(path: string): void {
    if (files.some((file) => file.path === path)) return;
    const info = statIfExists(path);
    if (info?.isFifo) onFifo(path);
    const text = info?.isFile && info.size <= mostBytes ? readTextIfExists(path) : undefined;
    if (text === undefined) return;
    const directives = parseDirectives(text);
    files.push({ path, directives });
    for (const directive of directives) {
      const [pattern] = directive.name === "include" && !isInData(directive) ? directive.args : [];
      if (pattern) expandGlob(includePath(pattern, main)).forEach(add);
    }
  }
}

/** The paths that match a pattern, in the order of glob(3); a path without a wildcard need not exist. */
function expandGlob(pattern: string): string[] {
  const names = pattern.split("/").filter(Boolean);
  return names.reduce<string[]>((folders, name) => {
    if (!/[*?[]/.test(name)) return folders.map((folder) => `${folder}/${name}`);
    const matches = globToRegExp(name);
    return folders.flatMap((folder) =>
      listNames(folder || "/").sort()
        .filter((found) => matches.test(found) && !found.startsWith("."))
        .map((found) => `${folder}/${found}`)
    );
  }, [""]);
}
