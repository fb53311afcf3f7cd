// deno-lint-ignore-file no-console -- a script talks to its user
// Draws the folders of lib/ and the imports between them into docs/architecture.md.
//
//   deno task picture

import { join } from "node:path";
import { readSource, readSources, root, type Source } from "./imports.ts";
import { markdownTable } from "./sections.ts";

const document = join(root, "docs", "architecture.md");

/** What each part is for, from the top down. A folder that is not listed here is an error. */
const floors: Record<string, string> = {
  "main.ts": "calls `run` and exits with its status",
  "lib/cli/": "arguments, variables, help, completions",
  "lib/commands/": "one file per command",
  "lib/status/": "what `status` shows: text, JSON, timeline",
  "lib/checks/": "the checks of `check` and of the start of `serve`",
  "lib/supervise/": "one run: start, race, drain, exit",
  "lib/log.ts": "tandem's own log lines",
  "lib/host/": "the only code that uses `Deno`",
  "lib/nginx/": "reads nginx's configuration language",
  "lib/plan/": "settings, launch plan, tables of signals and statuses",
  "lib/build_info.ts": "version, commit and edition",
};

const rooms: Record<string, string> = {
  "state/": "the state file, and finding a running instance",
  "output/": "stdout and stderr, the log relay",
  "machine/": "CPUs, memory, defaults that depend on them",
  "net/": "HTTP and port probes, notifications to systemd and s6",
  "files/": "files, folders, links, access rights",
  "process/": "children, signals, the reaper, `/proc`",
  "system/": "libc, clock, limits, users, environment",
};

const HOST = "lib/host/";

/** Names of parts, each with the parts that it imports. */
type Graph = Map<string, Set<string>>;

/** "lib/cli/" for lib/cli/help.ts, "lib/log.ts" for itself. */
function floorOf(path: string): string {
  return /^lib\/[^/]+\//.exec(path)?.[0] ?? path;
}

/** "files/" for lib/host/files/access.ts; "" for files outside of lib/host/. */
function roomOf(path: string): string {
  return path.startsWith(HOST) ? /^[^/]+\//.exec(path.slice(HOST.length))?.[0] ?? "" : "";
}

function graphOf(sources: readonly Source[], partOf: (path: string) => string): Graph {
  const graph: Graph = new Map();
  for (const { path, imports } of sources) {
    const part = partOf(path);
    if (!part) continue;
    const targets = graph.get(part) ?? new Set();
    graph.set(part, targets);
    for (const target of imports.filter((name) => name.endsWith(".ts")).map(partOf)) {
      if (target && target !== part) targets.add(target);
    }
  }
  return graph;
}

/** The arrows that no longer path implies: with a -> b -> c, a -> c is left out. */
export function withoutImplied(graph: Graph): Graph {
  return new Map([...graph].map(([from, targets]) => {
    const implied = new Set([...targets].flatMap((to) => [...reachableFrom(to, graph)]));
    return [from, targets.difference(implied)];
  }));
}

function reachableFrom(part: string, graph: Graph, found = new Set<string>()): Set<string> {
  for (const next of graph.get(part) ?? []) {
    if (found.has(next)) continue;
    found.add(next);
    reachableFrom(next, graph, found);
  }
  return found;
}

/** Sorts the parts as `purposes` lists them. @throws {Error} if the two name different parts */
function inOrder(graph: Graph, purposes: Record<string, string>): [string, string[]][] {
  const listed = Object.keys(purposes);
  const unlisted = [...graph.keys()].filter((part) => !listed.includes(part));
  const missing = listed.filter((part) => !graph.has(part));
  if (unlisted.length || missing.length) {
    const parts = [...unlisted, ...missing].join(", ");
    throw new Error(`Cannot draw ${parts}: correct the lists in scripts/architecture_picture.ts`);
  }
  return listed.map((part) => [part, listed.filter((other) => graph.get(part)!.has(other))]);
}

export function flowchart(sources: readonly Source[]): string {
  const floorRows = inOrder(withoutImplied(graphOf(sources, floorOf)), floors);
  const roomRows = inOrder(withoutImplied(graphOf(sources, roomOf)), rooms);
  return [
    "```mermaid",
    "flowchart TD",
    ...floorRows.flatMap(([floor]) =>
      floor !== HOST ? [`  ${idOf(floor)}["${floor}"]`] : [
        `  subgraph ${idOf(HOST)}["${HOST}"]`,
        ...roomRows.map(([room]) => `    ${idOf(HOST + room)}["${room}"]`),
        ...roomRows.flatMap(([room, targets]) =>
          targets.map((to) => `    ${idOf(HOST + room)} --> ${idOf(HOST + to)}`)
        ),
        "  end",
      ]
    ),
    ...floorRows.flatMap(([floor, targets]) =>
      targets.map((to) => `  ${idOf(floor)} --> ${idOf(to)}`)
    ),
    "```",
  ].join("\n");
}

/** "lib_host_files" for lib/host/files/. */
function idOf(part: string): string {
  return part.replace(/\W/g, "_").replace(/_$/, "");
}

function table(sources: readonly Source[]): string {
  const rows = (graph: Graph, purposes: Record<string, string>, prefix: string) =>
    inOrder(graph, purposes).map(([part, targets]) => [
      code(prefix + part),
      purposes[part]!,
      targets.map(code).join(" "),
    ]);
  return markdownTable([
    ["below lib/", "what is in it", "imports"],
    ...rows(graphOf(sources, floorOf), floors, ""),
    ...rows(graphOf(sources, roomOf), rooms, HOST),
  ]);
}

function code(text: string): string {
  return `\`${text.replace(/^lib\//, "")}\``;
}

/** @returns the document with the picture between its marks. @throws {Error} if it has no marks */
export function withPicture(text: string, sources = readLib()): string {
  const section = /(<!-- floors -->\n)[^]*?(<!-- \/floors -->)/;
  if (!section.test(text)) {
    throw new Error("Cannot draw: docs/architecture.md has no <!-- floors --> marks");
  }
  const drawn = `\n${flowchart(sources)}\n\n${table(sources)}\n\n`;
  return text.replace(section, (_, begin: string, end: string) => begin + drawn + end);
}

function readLib(): Source[] {
  return [readSource(join(root, "main.ts")), ...readSources("lib")];
}

if (import.meta.main) {
  await Deno.writeTextFile(document, withPicture(await Deno.readTextFile(document)));
  console.error("picture: docs/architecture.md");
}
