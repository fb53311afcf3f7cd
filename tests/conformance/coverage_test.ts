/** Each name of `Deno` and each libc function that lib/ uses has a conformance case. */

import assert from "node:assert/strict";
import { readSource, readSources, root } from "../../scripts/imports.ts";

const used = [readSource(`${root}main.ts`), ...readSources("lib")].map(({ code }) => code).join();
const cases = [
  ...readSources("tests/conformance/cases"),
  readSource(`${root}tests/conformance/exits.ts`),
]
  .map(({ code }) => code).join();

/** `Deno[name]` selects one of these in lib/. */
const streams = ["Deno.stdin", "Deno.stdout", "Deno.stderr"];

/** Every `Deno.x.y` that is a value: a capitalized name counts only after `new` or `instanceof`. */
function denoNames(code: string): string[] {
  const names = new Set<string>();
  for (const [, operator, path = ""] of code.matchAll(/\b(new |instanceof )?Deno((?:\.\w+)+)/g)) {
    if (operator || !/^\.[A-Z]/.test(path)) names.add(`Deno${path}`);
  }
  for (const [, path] of code.matchAll(/\bDeno\[(?:[^\]]*)\]((?:\.\w+)*)/g)) {
    for (const stream of streams) names.add(`${stream}${path}`);
  }
  return [...names].sort();
}

function declaredFunctions(path: string, pattern: RegExp): string[] {
  return [...Deno.readTextFileSync(root + path).matchAll(pattern)].map(([, name]) => name!).sort();
}

const libc = declaredFunctions("lib/host/system/libc.ts", /^ {2}(\w+): \{ parameters/gm);

Deno.test("conformance: each Deno name that lib/ uses has a case", () => {
  const covered = denoNames(cases);
  const uses = denoNames(used);
  assert.ok(uses.length > 30, `only ${uses.length} names found`);
  const missing = uses.filter((name) =>
    !covered.some((other) => other === name || other.startsWith(`${name}.`))
  );
  assert.deepEqual(missing, [], "add a case to tests/conformance/cases/");
});

Deno.test("conformance: each libc function that lib/ declares has a case", () => {
  assert.ok(libc.length > 10, `only ${libc.length} functions found`);
  const missing = libc.filter((name) => !new RegExp(`\\blibc\\.${name}\\(`).test(cases));
  assert.deepEqual(missing, [], "add a case to tests/conformance/cases/library.ts");
});

Deno.test("conformance: slim/native/libc.c links in exactly what lib/ declares", () => {
  const linked = declaredFunctions("slim/native/libc.c", /\{"(\w+)", call_/g);
  assert.deepEqual(linked, libc);
});
