/** Parses an nginx conf into a tree of blocks, with included files in place of their `include` lines. */

import { parseDirectives } from "./directives.ts";

export interface Block {
  name: string;
  args: string[];
  children: Block[];
}

export interface ConfFiles {
  /** Path of the file that includes the others. */
  main: string;
  /** By absolute path. */
  texts: Map<string, string>;
}

/** @param dump the output of `nginx -T` */
export function splitDump(dump: string): ConfFiles {
  const texts = new Map<string, string>();
  const [, ...parts] = dump.split(/^# configuration file (.+):$/m);
  for (let at = 0; at + 1 < parts.length; at += 2) texts.set(parts[at]!, parts[at + 1]!);
  return { main: parts[0] ?? "", texts };
}

/** Ends the recursion of files that include each other, which nginx itself rejects. */
const MAX_DEPTH = 20;

export function parseTree({ main, texts }: ConfFiles): Block {
  const root: Block = { name: "", args: [], children: [] };
  fill(root, main, 0);
  return root;

  function fill(block: Block, path: string, depth: number): void {
    const enclosing = [block];
    for (const { name, args, within } of parseDirectives(texts.get(path) ?? "")) {
      enclosing.length = within.length + 1;
      const parent = enclosing[within.length];
      if (!parent) continue;
      if (name === "include" && depth < MAX_DEPTH) {
        const pattern = globToRegExp(includePath(args[0] ?? "", main));
        for (const included of texts.keys()) {
          if (pattern.test(included)) fill(parent, included, depth + 1);
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
