import { parseDirectives } from "../../nginx/directives.ts";
import { type ConfFiles, globToRegExp, includePath } from "../../nginx/tree.ts";

/** An nginx conf with all that it includes, for whoever wants to know it before nginx is asked. */
export function readConfFiles(main: string): ConfFiles {
  const texts = new Map<string, string>();
  add(main);
  return { main, texts };

  function add(path: string): void {
    if (texts.has(path)) return;
    const text = read(path);
    if (text === undefined) return;
    texts.set(path, text);
    for (const { name, args } of parseDirectives(text)) {
      if (name === "include" && args[0]) expand(includePath(args[0], main)).forEach(add);
    }
  }
}

/** The files that a pattern stands for, in the order of glob(3). */
function expand(pattern: string): string[] {
  const names = pattern.split("/").filter(Boolean);
  return names.reduce<string[]>((folders, name) => {
    if (!/[*?[]/.test(name)) return folders.map((folder) => `${folder}/${name}`);
    const matches = globToRegExp(name);
    return folders.flatMap((folder) =>
      namesIn(folder)
        .filter((found) => matches.test(found) && !found.startsWith("."))
        .map((found) => `${folder}/${found}`)
    );
  }, [""]);
}

function namesIn(folder: string): string[] {
  try {
    return [...Deno.readDirSync(folder || "/")].map(({ name }) => name).sort();
  } catch {
    return [];
  }
}

function read(path: string): string | undefined {
  try {
    return Deno.readTextFileSync(path);
  } catch {
    return undefined;
  }
}
