/** An nginx conf as the tree that nginx makes of it: blocks in blocks, with what is included in its place. */

import { parseDirectives } from "./directives.ts";

export interface Block {
  name: string;
  args: string[];
  children: Block[];
}

/** Texts by their absolute paths. */
export interface ConfFiles {
  /** The file that includes the others. */
  main: string;
  texts: Map<string, string>;
}

/** @param dump what `nginx -T` prints */
export function splitDump(dump: string): ConfFiles {
  const texts = new Map<string, string>();
  const [, ...parts] = dump.split(/^# configuration file (.+):$/m);
  for (let at = 0; at + 1 < parts.length; at += 2) texts.set(parts[at]!, parts[at + 1]!);
  return { main: parts[0] ?? "", texts };
}

/** Files that include each other are nginx's to refuse. */
const DEEPEST = 20;

export function parseTree({ main, texts }: ConfFiles): Block {
  const root: Block = { name: "", args: [], children: [] };
  fill(root, main, 0);
  return root;

  function fill(block: Block, path: string, depth: number): void {
    const around = [block];
    for (const { name, args, within } of parseDirectives(texts.get(path) ?? "")) {
      around.length = within.length + 1;
      const parent = around[within.length];
      if (!parent) continue;
      if (name === "include" && depth < DEEPEST) {
        const pattern = globToRegExp(includePath(args[0] ?? "", main));
        for (const included of texts.keys()) {
          if (pattern.test(included)) fill(parent, included, depth + 1);
        }
      } else {
        const child = { name, args, children: [] };
        parent.children.push(child);
        around.push(child);
      }
    }
  }
}

/** A relative one counts from the folder of the main file. */
export function includePath(pattern: string, main: string): string {
  return pattern.startsWith("/") ? pattern : `${main.slice(0, main.lastIndexOf("/"))}/${pattern}`;
}

/** As glob(7): neither `*` nor `?` stands for a slash. */
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
