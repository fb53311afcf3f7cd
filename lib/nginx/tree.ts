/** Makes the directives of an nginx conf into a tree of blocks, with included files in place of their `include` lines. */

import type { Directive } from "./directive_reader.ts";

export interface Block {
  name: string;
  args: string[];
  children: Block[];
  /** Where it was read; the root has none. */
  place?: Place;
}

/** A directive by its number in a file: unlike its position, that does not depend on how bytes were decoded. */
export interface Place {
  path: string;
  index: number;
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

  function fill(block: Block, { path, directives }: ConfFile, depth: number): void {
    const enclosing = [block];
    for (const [index, { name, args, within }] of directives.entries()) {
      enclosing.length = within.length + 1;
      const parent = enclosing[within.length];
      if (!parent) continue;
      if (name === "include" && depth < MAX_DEPTH) {
        const pattern = globToRegExp(includePath(args[0] ?? "", main!.path));
        for (const included of files) {
          if (pattern.test(included.path)) fill(parent, included, depth + 1);
        }
      } else {
        const child = { name, args, children: [], place: { path, index } };
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

/** A class of characters, a wildcard, or any other character, which a backslash may quote. */
const GLOB_PART = /\[(?:[!^][^/]|[^/!^])[^/\]]*\]|[*?]|\\?[^]/gu;
/** A character of a class or the two ends of a range. */
const CLASS_MEMBER = /\\?([^])(?:-\\?([^]))?/gu;

/** As in glob(7), no wildcard and no class matches a slash, and a `[` without its `]` is an ordinary character. */
export function globToRegExp(glob: string): RegExp {
  const source = glob.replace(GLOB_PART, (part) => {
    if (part === "*") return "[^/]*";
    if (part === "?") return "[^/]";
    if (part.startsWith("[") && part.length > 1) return classSource(part.slice(1, -1));
    return literal(part.replace(/^\\(?=.)/su, ""));
  });
  return new RegExp(`^${source}$`, "u");
}

function classSource(text: string): string {
  const members = text.replace(/^[!^]/, "").replace(
    CLASS_MEMBER,
    // A range that ends before it begins contains nothing.
    (_, first: string, last = first) =>
      first.codePointAt(0)! > last.codePointAt(0)! ? "" : `${literal(first)}-${literal(last)}`,
  );
  return `(?!/)[${/^[!^]/.test(text) ? "^" : ""}${members}]`;
}

function literal(character: string): string {
  return `\\u{${character.codePointAt(0)!.toString(16)}}`;
}

export function findAll(root: Block, name: string): Block[] {
  return root.children.flatMap((child) => [
    ...(child.name === name ? [child] : []),
    ...findAll(child, name),
  ]);
}
