/** The rules on which file may import which, on size, and on exported names. */

import assert from "node:assert/strict";
import { readSource, readSources, root, type Source, sourceOf } from "../../scripts/imports.ts";

/** The floors from the top down: a file imports from its own floor and from lower ones. */
const floors = [
  ["main.ts"],
  ["cli"],
  ["commands"],
  ["status", "checks"],
  ["supervise"],
  ["log.ts"],
  ["host"],
  ["nginx"],
  ["plan"],
  ["build_info.ts"],
];

/** The rooms of lib/host/ from the top down, by the same rule. */
const rooms = ["state", "output", "machine", "net", "files", "process", "system"];

/** Each library is imported by one file, so that replacing it changes only that file. */
const libraries: Record<string, string> = {
  "node:util": "lib/cli/flags.ts",
  "loglevel": "lib/log.ts",
  "valibot": "lib/host/state/schema.ts",
};

const MOST_LINES = 250;
const MOST_LINES_OF_MAIN = 29;

const sources = [readSource(`${root}main.ts`), ...readSources("lib")];

/** The most source files that a folder holds directly. */
const MOST_FILES = 20;

/** "cli" for lib/cli/help.ts, "log.ts" for lib/log.ts; `undefined` for files outside of lib/. */
function floorOf(path: string): string | undefined {
  if (path === "main.ts") return path;
  return /^lib\/([^/]+)/.exec(path)?.[1];
}

/** "files" for lib/host/files/access.ts; `undefined` outside of lib/host/. */
function roomOf(path: string): string | undefined {
  return /^lib\/host\/([^/]+)/.exec(path)?.[1];
}

/** Returns one line for each rule that the file breaks. */
function complaints({ path, code, lines, imports, opening }: Source): string[] {
  const floor = floorOf(path) ?? "";
  const level = floors.findIndex((names) => names.includes(floor));
  if (level < 0) return [`${path} is on no floor that this test knows`];
  const room = roomOf(path);
  if (room !== undefined && !rooms.includes(room)) return [`${path} is in no room of lib/host/`];
  const mayUseDeno = floor === "host" || floor === "main.ts";
  const most = floor === "main.ts" ? MOST_LINES_OF_MAIN : MOST_LINES;
  return [
    ...imports.flatMap((name) => importComplaint(path, floor, name) ?? []),
    ...!mayUseDeno && /\bDeno\b/.test(code) ? [`${path} names Deno: only lib/host/ may`] : [],
    ...lines > most ? [`${path} has ${lines} lines, more than ${most}`] : [],
    ...!opening ? [`${path} does not open with a comment that says what it is for`] : [],
  ];
}

function importComplaint(path: string, floor: string, name: string): string | undefined {
  if (!name.endsWith(".ts")) {
    // Texts and JSON that are built in, such as nginx.conf.
    if (/\.(conf|py|json)$/.test(name)) return undefined;
    return libraries[name] === path ? undefined : `${path} imports the library ${name}`;
  }
  const other = floorOf(name);
  const [from, to] = [floor, other].map((one) => floors.findIndex((names) => names.includes(one!)));
  if (other === undefined || to! < from! || (to === from && other !== floor)) {
    return `${path} imports ${name}: ${floor} may import only from lower floors`;
  }
  // Only the command line knows the commands, and only the commands know the rest of the machine.
  if (floor === "main.ts" && other !== "cli") {
    return `${path} imports ${name}: main.ts may import cli`;
  }
  if (floor === "cli" && !["cli", "commands", "plan", "build_info.ts"].includes(other)) {
    return `${path} imports ${name}: cli may import commands and plan`;
  }
  if (rooms.indexOf(roomOf(name) ?? "") < rooms.indexOf(roomOf(path) ?? "") && roomOf(name)) {
    return `${path} imports ${name}: ${roomOf(path)} may import only from lower rooms`;
  }
  return undefined;
}

/** One line for each folder that holds more files than a reader can survey. */
function crowdedFolders(paths: readonly string[]): string[] {
  const counts = new Map<string, number>();
  for (const path of paths) {
    const folder = path.slice(0, path.lastIndexOf("/"));
    counts.set(folder, (counts.get(folder) ?? 0) + 1);
  }
  return [...counts].filter(([, count]) => count > MOST_FILES)
    .map(([folder, count]) => `${folder}/ holds ${count} source files, more than ${MOST_FILES}`);
}

/** One line for each name that two files of lib/ export. */
function repeatedExports(files: readonly Source[]): string[] {
  const owners = new Map<string, string>();
  return files.flatMap(({ path, exports }) =>
    exports.flatMap((name) => {
      const owner = owners.get(name);
      owners.set(name, owner ?? path);
      return owner === undefined ? [] : [`${path} and ${owner} both export ${name}`];
    })
  );
}

/** The files of an import cycle, the first one again at its end; `undefined` if there is none. */
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

Deno.test("architecture: every file keeps to its floor, its room, its size, and opens with its purpose", () => {
  assert.deepEqual(sources.flatMap(complaints), []);
});

Deno.test("architecture: no folder is crowded", () => {
  const all = ["lib", "slim", "scripts", "tests"].flatMap((folder) => readSources(folder));
  assert.deepEqual(crowdedFolders(all.map(({ path }) => path)), []);
  const many = Array.from({ length: MOST_FILES + 1 }, (_, index) => `lib/x/${index}.ts`);
  assert.equal(crowdedFolders(many).length, 1);
  assert.deepEqual(crowdedFolders(many.slice(1)), []);
});

Deno.test("architecture: exported names are unique in lib/", () => {
  assert.deepEqual(repeatedExports(sources), []);
  const twice = ["lib/plan/x.ts", "lib/nginx/y.ts"].map((path) =>
    sourceOf(path, "export async function read() {}\n")
  );
  assert.deepEqual(repeatedExports(twice), ["lib/nginx/y.ts and lib/plan/x.ts both export read"]);
});

Deno.test("architecture: no import cycles", () => {
  assert.equal(findCycle(sources)?.join(" -> "), undefined);
});

Deno.test("architecture: every import resolves to a file, and every file is imported", () => {
  const known = new Set(sources.map(({ path }) => path));
  for (const { path, imports } of sources) {
    for (const name of imports.filter((name) => name.endsWith(".ts"))) {
      assert.ok(known.has(name), `${path} imports ${name}`);
    }
  }
  // A pattern that finds no import would keep every rule, so every file must be found.
  const imported = new Set(sources.flatMap(({ imports }) => imports));
  for (const { path } of sources) {
    assert.ok(path === "main.ts" || imported.has(path), `no file imports ${path}`);
  }
});

const bad: [what: string, path: string, text: string, says: RegExp][] = [
  [
    "plan -> host",
    "lib/plan/x.ts",
    'import { a } from "../host/files/files.ts";\n',
    /lower floors/,
  ],
  ["plan -> nginx", "lib/plan/x.ts", 'import { a } from "../nginx/tree.ts";\n', /lower floors/],
  ["plan -> log", "lib/plan/x.ts", 'import type { Log } from "../log.ts";\n', /lower floors/],
  [
    "host -> supervise",
    "lib/host/net/x.ts",
    'import "../../supervise/drain.ts";\n',
    /lower floors/,
  ],
  ["supervise -> checks", "lib/supervise/x.ts", 'import "../checks/quick.ts";\n', /lower floors/],
  ["status -> checks", "lib/status/x.ts", 'import "../checks/quick.ts";\n', /lower floors/],
  ["supervise -> cli", "lib/supervise/x.ts", 'export * from "../cli/help.ts";\n', /lower floors/],
  [
    "cli -> host",
    "lib/cli/x.ts",
    'import {\n  a,\n  b,\n} from "../host/net/http.ts";\n',
    /cli may/,
  ],
  ["cli -> supervise", "lib/cli/x.ts", 'await import("../supervise/drain.ts");\n', /cli may/],
  [
    "main -> host",
    "main.ts",
    'import { a } from "./lib/host/net/http.ts";\n',
    /main\.ts may import/,
  ],
  ["log -> commands", "lib/log.ts", 'export { a } from "./commands/stop.ts";\n', /lower floors/],
  ["files -> output", "lib/host/files/x.ts", 'import "../output/sink.ts";\n', /lower rooms/],
  ["system -> process", "lib/host/system/x.ts", 'import "../process/stat.ts";\n', /lower rooms/],
  ["a library", "lib/plan/x.ts", 'import fs from "node:fs";\n', /the library node:fs$/],
  ["a library of another file", "lib/cli/x.ts", 'import { a } from "node:util";\n', /node:util$/],
  ["a new folder", "lib/util/x.ts", "", /on no floor/],
  ["a new room", "lib/host/misc/x.ts", "", /in no room/],
  ["Deno", "lib/supervise/x.ts", 'const url = "http://x"; Deno.exit(1);\n', /names Deno/],
  ["Deno as a type", "lib/plan/x.ts", "type A = Deno.Addr;\n", /names Deno/],
  ["Deno by way of globalThis", "lib/cli/x.ts", "globalThis.Deno.pid;\n", /names Deno/],
  ["length", "lib/host/net/x.ts", "\n".repeat(250), /251 lines, more than 250/],
  ["length of main", "main.ts", "\n".repeat(29), /30 lines, more than 29/],
];

for (const [what, path, text, says] of bad) {
  Deno.test(`architecture: the rules see ${what}`, () => {
    const found = complaints(sourceOf(path, `/** What it is for. */\n${text}`));
    assert.equal(found.length, 1);
    assert.match(found[0]!, says);
  });
}

Deno.test("architecture: comments are free to name anything", () => {
  const text =
    '/** An example. */\n// Deno, import "./x.ts"\n/* Deno\nimport "../cli/x.ts"; */\nexport const a = 1;\n';
  assert.deepEqual(complaints(sourceOf("lib/plan/x.ts", text)), []);
});

Deno.test("architecture: the rules see a file without an opening comment", () => {
  assert.match(complaints(sourceOf("lib/plan/x.ts", "export const a = 1;\n"))[0]!, /does not open/);
});

Deno.test("architecture: the rules see an import cycle", () => {
  const files = [["a", "b"], ["b", "c"], ["c", "b"]].map(([from, to]) =>
    sourceOf(`lib/plan/${from}.ts`, `import "./${to}.ts";\n`)
  );
  assert.deepEqual(findCycle(files), ["lib/plan/b.ts", "lib/plan/c.ts", "lib/plan/b.ts"]);
});
