/** Makes the directives of an nginx conf into a tree of blocks, with included files in place of their `include` lines. */

import type { Directive } from "./directive_reader.ts";

export interface Block {
  name: string;
  args: string[];
  children: Block[];
}

export interface ConfFile {
  /** Absolute. */
  path: string;
  directives: Directive[];
}

/** The main file comes first, and each other one after the first that includes it. */
export type ConfFiles = ConfFile[];

/** Ends the recursion of files that include each other, which nginx itself rejects. */
const MAX_DEPTH = 20;

export function buildTree(files: ConfFiles): Block {
  const root: Block = { name: "", args: [], children: [] };
  const [main] = files;
  if (main) fill(root, main, 0);
  return root;

  function fill(block: Block, { directives }: ConfFile, depth: number): void {
    const enclosing = [block];
    for (const { name, args, within } of directives) {
      enclosing.length = within.length + 1;
      const parent = enclosing[within.length];
      if (!parent) continue;
      if (name === "include" && depth < MAX_DEPTH) {
        const pattern = globToRegExp(includePath(args[0] ?? "", main!.path));
        for (const included of files) {
          if (pattern.test(included.path)) fill(parent, included, depth + 1);
        }
      } else {
        const child = { name, args, children: [] };
        parent.children.push(child);
        enclosing.push(child);
      }
    }
  }
}

/** A relative path is relative to the folder of the main file. */
export function includePath(pattern: string, main: string): string {
  return pattern.startsWith("/") ? pattern : `${main.slice(0, main.lastIndexOf("/"))}/${pattern}`;
}

/** As in glob(7), `*` and `?` do not match a slash. */
export function globToRegExp(glob: string): RegExp {
  const source = glob.replace(/\[[^\]]*\]|[.+^${}()|\\]|\*|\?|[[\]]/g, (part) => {
    if (part === "*") return "[^/]*";
    if (part === "?") return "[^/]";
    return part.length > 1 ? part.replace(/^\[!/, "[^") : `\\${part}`;
  });
  return new RegExp(`^${source}$`);
}

export function findAll(root: Block, name: string): Block[] {
  return root.children.flatMap((child) => [
    ...(child.name === name ? [child] : []),
    ...findAll(child, name),
  ]);
}
