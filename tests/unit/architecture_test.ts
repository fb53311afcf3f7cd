/** The rules on which file may know which. */

import assert from "node:assert/strict";
import { readSource, readSources, root, type Source, sourceOf } from "./support/imports.ts";

/** What each layer may import besides itself. Some files lie beside the layers. */
const mayImport: Record<string, readonly string[]> = {
  "main.ts": ["cli"],
  cli: ["commands", "plan", "build_info.ts"],
  commands: ["supervise", "host", "plan", "log.ts", "build_info.ts"],
  supervise: ["host", "plan", "log.ts"],
  host: ["plan"],
  plan: [],
  "log.ts": ["logger.ts", "plan"],
  "logger.ts": ["plan"],
  "build_info.ts": [],
};

/** Each library is known to one file, so that changing it is a change of that file. */
const libraries: Record<string, string> = {
  "node:util": "lib/cli/flags.ts",
  "@logtape/logtape": "lib/logger.ts",
};

const MOST_LINES = 250;
const MOST_LINES_OF_MAIN = 29;

const sources = [readSource(`${root}main.ts`), ...readSources("lib")];

/** "cli" for lib/cli/help.ts, "log.ts" for lib/log.ts; nothing for files that are not code of ours. */
function layerOf(path: string): string | undefined {
  if (path === "main.ts") return path;
  return /^lib\/([^/]+)/.exec(path)?.[1];
}

/** One line for each rule that the file breaks. */
function complaints({ path, code, lines, imports }: Source): string[] {
  const layer = layerOf(path) ?? "";
  const allowed = mayImport[layer];
  if (!allowed) return [`${path} is in no layer that this test knows`];
  const mayTouchDeno = layer === "host" || layer === "main.ts";
  const most = layer === "main.ts" ? MOST_LINES_OF_MAIN : MOST_LINES;
  return [
    ...imports.flatMap((name) => importComplaint(path, layer, allowed, name) ?? []),
    ...!mayTouchDeno && /\bDeno\b/.test(code) ? [`${path} names Deno: that is lib/host's`] : [],
    ...lines > most ? [`${path} has ${lines} lines, more than ${most}`] : [],
  ];
}

function importComplaint(
  path: string,
  layer: string,
  allowed: readonly string[],
  name: string,
): string | undefined {
  if (!name.endsWith(".ts")) {
    // Texts and JSON that are built in, such as nginx.conf.
    if (/\.(conf|py|json)$/.test(name)) return undefined;
    return libraries[name] === path ? undefined : `${path} imports the library ${name}`;
  }
  const other = layerOf(name);
  if (other === layer || (other !== undefined && allowed.includes(other))) return undefined;
  return `${path} imports ${name}: ${layer} may import ${["itself", ...allowed].join(", ")}`;
}

/** The files of a circle of imports, the first one again at its end; nothing when there is none. */
function findCycle(files: Source[]): string[] | undefined {
  const byPath = new Map(files.map((file) => [file.path, file]));
  const done = new Set<string>();
  function visit(path: string, trail: string[]): string[] | undefined {
    if (trail.includes(path)) return [...trail.slice(trail.indexOf(path)), path];
    if (done.has(path)) return undefined;
    for (const next of byPath.get(path)?.imports ?? []) {
      const cycle = visit(next, [...trail, path]);
      if (cycle) return cycle;
    }
    done.add(path);
    return undefined;
  }
  for (const { path } of files) {
    const cycle = visit(path, []);
    if (cycle) return cycle;
  }
  return undefined;
}

Deno.test("architecture: every file keeps to its layer, to lib/host for Deno, and to its size", () => {
  assert.deepEqual(sources.flatMap(complaints), []);
});

Deno.test("architecture: no circles", () => {
  assert.equal(findCycle(sources)?.join(" -> "), undefined);
});

Deno.test("architecture: every import of a file of ours leads to one", () => {
  const known = new Set(sources.map(({ path }) => path));
  for (const { path, imports } of sources) {
    for (const name of imports.filter((name) => name.endsWith(".ts"))) {
      assert.ok(known.has(name), `${path} imports ${name}`);
    }
  }
  // And they are all read: a pattern that finds none would keep every rule.
  const imported = new Set(sources.flatMap(({ imports }) => imports));
  for (const { path } of sources) {
    assert.ok(path === "main.ts" || imported.has(path), `nobody imports ${path}`);
  }
});

const bad: [what: string, path: string, text: string, says: RegExp][] = [
  [
    "plan -> host",
    "lib/plan/x.ts",
    'import { a } from "../host/files.ts";\n',
    /may import itself$/,
  ],
  ["plan -> log", "lib/plan/x.ts", 'import type { Log } from "../log.ts";\n', /may import itself$/],
  ["host -> supervise", "lib/host/x.ts", 'import "../supervise/drain.ts";\n', /host may import/],
  ["supervise -> cli", "lib/supervise/x.ts", 'export * from "../cli/help.ts";\n', /may import/],
  ["cli -> host", "lib/cli/x.ts", 'import {\n  a,\n  b,\n} from "../host/files.ts";\n', /cli may/],
  ["cli -> supervise", "lib/cli/x.ts", 'await import("../supervise/drain.ts");\n', /cli may/],
  ["main -> host", "main.ts", 'import { a } from "./lib/host/files.ts";\n', /main\.ts may import/],
  ["log -> host", "lib/log.ts", 'export { a } from "./host/output.ts";\n', /log\.ts may import/],
  ["a library", "lib/plan/x.ts", 'import fs from "node:fs";\n', /the library node:fs$/],
  ["a library of another file", "lib/cli/x.ts", 'import { a } from "node:util";\n', /node:util$/],
  ["a new folder", "lib/util/x.ts", "", /in no layer/],
  ["Deno", "lib/supervise/x.ts", 'const url = "http://x"; Deno.exit(1);\n', /names Deno/],
  ["Deno as a type", "lib/plan/x.ts", "type A = Deno.Addr;\n", /names Deno/],
  ["Deno by the back door", "lib/cli/x.ts", "globalThis.Deno.pid;\n", /names Deno/],
  ["length", "lib/host/x.ts", "\n".repeat(251), /251 lines, more than 250/],
  ["length of main", "main.ts", "\n".repeat(30), /30 lines, more than 29/],
];

for (const [what, path, text, says] of bad) {
  Deno.test(`architecture: the rules see ${what}`, () => {
    const found = complaints(sourceOf(path, text));
    assert.equal(found.length, 1);
    assert.match(found[0]!, says);
  });
}

Deno.test("architecture: a comment may say what it likes", () => {
  const text = '// Deno, import "./x.ts"\n/* Deno\nimport "../cli/x.ts"; */\nexport const a = 1;\n';
  assert.deepEqual(complaints(sourceOf("lib/plan/x.ts", text)), []);
});

Deno.test("architecture: the rules see a circle", () => {
  const files = [["a", "b"], ["b", "c"], ["c", "b"]].map(([from, to]) =>
    sourceOf(`lib/plan/${from}.ts`, `import "./${to}.ts";\n`)
  );
  assert.deepEqual(findCycle(files), ["lib/plan/b.ts", "lib/plan/c.ts", "lib/plan/b.ts"]);
});
