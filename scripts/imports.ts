/** What a source file imports, and its code without comments: enough of TypeScript for the rules on imports. */

import { dirname, join, relative } from "node:path";

export interface Source {
  /** From the root of the repository, as "lib/cli/help.ts". */
  path: string;
  /** The text without comments. */
  code: string;
  lines: number;
  /** Paths of files as `path` is, and names of libraries. */
  imports: string[];
  /** The names that it exports under its own name; re-exports are not counted. */
  exports: string[];
  /** Whether its first line begins a comment. */
  opening: boolean;
}

export const root = new URL("../", import.meta.url).pathname;

/** Every TypeScript file under the folder. */
export function readSources(folder: string): Source[] {
  return [...walk(join(root, folder))].sort().map((path) => readSource(path));
}

export function readSource(path: string): Source {
  return sourceOf(relative(root, path), Deno.readTextFileSync(path));
}

export function sourceOf(path: string, text: string): Source {
  const code = withoutComments(text);
  const imports = [...code.matchAll(IMPORT)].map(([, from, bare, dynamic]) => {
    const name = (from ?? bare ?? dynamic)!;
    return name.startsWith(".") ? join(dirname(path), name) : name;
  });
  const exports = [...code.matchAll(EXPORT)].map(([, name]) => name!);
  const opening = /^\/(\*\*|\/) ?\S/.test(text);
  return { path, code, lines: text.split("\n").length - 1, imports, exports, opening };
}

/** `import … from "x"`, `export … from "x"`; `import "x"`; `import("x")`. */
const IMPORT =
  /^(?:import|export)\b[^;"']*?\bfrom\s*"([^"]+)"|^import\s*"([^"]+)"|\bimport\s*\(\s*"([^"]+)"/gm;

/** `export function x`, `export async function* x`, `export const x`, `export interface X`, … */
const EXPORT =
  /^export (?:declare )?(?:async )?(?:function\*?|const|let|class|abstract class|interface|type|enum) (\w+)/gm;

/** Strings are passed over, because `//` stands in every URL. */
function withoutComments(text: string): string {
  return text.replace(
    /("(?:\\.|[^"\\\n])*"|'(?:\\.|[^'\\\n])*'|`(?:\\[^]|[^`\\])*`)|\/\*[^]*?\*\/|\/\/[^\n]*/g,
    (_, string: string | undefined) => string ?? " ",
  );
}

function* walk(folder: string): Generator<string> {
  for (const { name, isDirectory } of Deno.readDirSync(folder)) {
    const path = join(folder, name);
    if (isDirectory) yield* walk(path);
    else if (name.endsWith(".ts")) yield path;
  }
}
