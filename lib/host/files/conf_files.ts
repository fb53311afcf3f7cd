/** Reads an nginx conf and all files that it includes. */

import { parseDirectives } from "../../nginx/directives.ts";
import { type ConfFiles, globToRegExp, includePath } from "../../nginx/tree.ts";
import { listNames, readTextIfExists } from "../system/if_exists.ts";

/** Files that cannot be read are left out: nginx reports them better. */
export function readConfFiles(main: string): ConfFiles {
  const texts = new Map<string, string>();
  add(main);
  return { main, texts };

  function add(path: string): void {
    if (texts.has(path)) return;
    const text = readTextIfExists(path);
    if (text === undefined) return;
    texts.set(path, text);
    for (const { name, args } of parseDirectives(text)) {
      if (name === "include" && args[0]) expandGlob(includePath(args[0], main)).forEach(add);
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
