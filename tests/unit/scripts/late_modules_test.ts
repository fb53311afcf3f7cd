/** Files that are in more than one module of the bundle have no state, and no class that `instanceof` tests. */

import { deepStrictEqual, ok } from "node:assert";
import * as esbuild from "esbuild";
import { bundleProgram } from "../../../scripts/build.ts";
import { bundleProgram as bundleSlimProgram } from "../../../scripts/build_slim.ts";
import type { Module } from "../../../scripts/build/bundle.ts";
import { readSource, readSources, root, sourceOf } from "../../../scripts/imports.ts";
import { flavours } from "../../../scripts/build/quickjs.ts";

/** What the rules find and what is harmless nevertheless, with the reason. */
const exceptions: Record<string, string> = {
  "lib/host/system/libc.ts: let opened":
    "a cache: the second copy opens libc a second time, and has the same functions",
  "lib/host/state/instance_lock.ts: class LockRefused":
    "only serve takes locks, and tests for it in the same module",
};

/** Each name that the code declares at its top level and that two copies of the code would not share. */
function stateOf(code: string): string[] {
  const variables = [...code.matchAll(/^(?:export )?(let|var) (\w+)/gm)]
    .map(([, keyword, name]) => `${keyword} ${name}`);
  const containers = [...code.matchAll(CONTAINER)].map(([, name]) => name!)
    .filter((name) => isWrittenTo(name, code))
    .map((name) => `const ${name}`);
  return [...variables, ...containers];
}

/** `const x = new Map`, `const x: Record<string, () => void> = {`, `const x = [` */
const CONTAINER =
  /^(?:export )?const (\w+)(?:: [^;]*?)? =\s+(?:new (?:Weak)?(?:Map|Set)\b|new \w*Array\b|\[|\{)/gm;

/** Changes it through a method, an assignment to an element or property at any depth, or `delete`. */
function isWrittenTo(name: string, code: string): boolean {
  const part = String.raw`(?:\??\.\w+|!|\[[^\]\n]*\])`;
  const methods = "set|add|delete|clear|push|pop|shift|unshift|splice|sort|reverse|fill|copyWithin";
  return [
    `${part}*\\.(?:${methods})\\(`,
    `${part}+\\s*(?:[-+*/%&|^]|\\*\\*|<<|>>>?|&&|\\|\\||\\?\\?)?=(?![=>])`,
    `${part}+(?:\\+\\+|--)`,
  ].some((write) => new RegExp(`(?<![\\w.])${name}${write}`).test(code)) ||
    new RegExp(`\\b(?:delete |Object\\.assign\\(|\\+\\+|--)${name}\\b`).test(code);
}

/** The exported classes that `instanceof` tests somewhere. */
function testedClassesOf(code: string, tested: Set<string>): string[] {
  return [...code.matchAll(/^export (?:abstract )?class (\w+)/gm)]
    .map(([, name]) => name!)
    .filter((name) => tested.has(name))
    .map((name) => `class ${name}`);
}

function testedIn(codes: string[]): Set<string> {
  return new Set(
    codes.flatMap((code) => [...code.matchAll(/\binstanceof (\w+)/g)].map(([, x]) => x!)),
  );
}

/** Source file -> its modules, for each that is in more than one. */
function copied(modules: Module[]): Map<string, string[]> {
  const modulesOf = new Map<string, string[]>();
  for (const { name, inputs } of modules) {
    for (const input of inputs) modulesOf.set(input, [...modulesOf.get(input) ?? [], name]);
  }
  return new Map([...modulesOf].filter(([, names]) => names.length > 1));
}

/** "path: name" of each violation in a program. */
function check(modules: Module[], tested: Set<string>): string[] {
  return [...copied(modules)].flatMap(([path, names]) => {
    if (path.includes("node_modules/")) return [`${path}: a library in ${names.join(", ")}`];
    if (!path.endsWith(".ts")) return [];
    const { code } = readSource(root + path);
    return [...stateOf(code), ...testedClassesOf(code, tested)].map((name) => `${path}: ${name}`);
  });
}

Deno.test({
  name: "late modules: what has copies has no state, and no class that instanceof tests",
  // esbuild.stop() does not wait for the exit of its process.
  sanitizeOps: false,
  sanitizeResources: false,
  async fn() {
    try {
      const sources = [...readSources("lib"), readSource(`${root}main.ts`)];
      const tested = testedIn(sources.map(({ code }) => code));
      const deno = await bundleProgram("test");
      const slim = await bundleSlimProgram("./main.ts", flavours.x64, "test");
      for (const modules of [deno, slim]) {
        const paths = [...copied(modules).keys()];
        ok(paths.includes("lib/plan/settings.ts"), `the bundle gives other files: ${paths}`);
      }
      const found = new Set([deno, slim].flatMap((modules) => check(modules, tested)));
      deepStrictEqual([...found].sort(), Object.keys(exceptions).sort());
    } finally {
      await esbuild.stop();
    }
  },
});

const bad: Record<string, string> = {
  "let count = 0;": "let count",
  "export let count = 0;": "let count",
  "var count = 0;": "var count",
  "const seen = new Map<string, number>();\nexport function see() {\n  seen.set(a, 1);\n}":
    "const seen",
  "export const seen: Set<string> = new Set();\nseen.add(a);": "const seen",
  "const cache = new WeakMap();\ncache.delete(a);": "const cache",
  "const list: string[] = [];\nlist.push(a);": "const list",
  "const list = [\n  1,\n];\nlist.length = 0;": "const list",
  "const list = [1];\nlist[i] += 2;": "const list",
  "const buffer = new Uint8Array(4);\nbuffer[0] = 1;": "const buffer",
  "const table: Record<string, () => void> = {};\ntable[name] ??= f;": "const table",
  "const state = { at: { line: 0 } };\nstate.at.line++;": "const state",
  "const state = { lines: [] };\nstate.lines.push(a);": "const state",
  "const state = {};\nObject.assign(state, a);": "const state",
  "const state = { a: 1 };\ndelete state.a;": "const state",
};

Deno.test("late modules: the rule finds state in each bad example", () => {
  for (const [code, name] of Object.entries(bad)) {
    deepStrictEqual(stateOf(sourceOf("lib/x.ts", code).code), [name], code);
  }
});

Deno.test("late modules: constants, local variables and comments are no state", () => {
  for (
    const code of [
      "const table = { a: 1 };\nif (table.a === 1) f(table.a);",
      "const names = new Map([[1, 2]]);\nnames.get(1);\nother.names.set(1, 2);",
      "function f() {\n  let count = 0;\n  const list = [];\n  list.push(count);\n}",
      "// let count = 0;",
      "const list = [1, 2];\nconst sorted = list.toSorted();\nlist.map((x) => x);",
      "const add = (a: number) => {\n  add.name;\n};",
    ]
  ) deepStrictEqual(stateOf(sourceOf("lib/x.ts", code).code), [], code);
});

Deno.test("late modules: the rule finds exported classes that instanceof tests", () => {
  const tested = testedIn(["if (error instanceof Late) f();", "x instanceof Deno.errors.NotFound"]);
  const code = "export class Late extends Error {}\nexport class Other {}\nclass Own {}";
  deepStrictEqual(testedClassesOf(code, tested), ["class Late"]);
});
