// Writes docs/benchmark.md, its pictures, and the numbers in other documents, all from docs/benchmark.json.
//
//   deno run -A scripts/bench/document.ts
// deno-lint-ignore-file no-console -- a script prints

import { root } from "../imports.ts";
import { markdownTable, withSection } from "../sections.ts";
import type { Benchmark } from "./document/data.ts";
import { format, jsonText } from "./document/format.ts";
import { figuresOf, medianOf } from "./document/headlines.ts";
import { page } from "./document/page.ts";
import { drawAll, OVERVIEW, picture } from "./document/pictures.ts";
import { readIfThere } from "./harness/image.ts";

export const DATA = "docs/benchmark.json";
const PAGE = "docs/benchmark.md";
const PICTURES = "docs/benchmark";

/** Documents with a section of figures: its name, and what it holds. */
const sections: Record<string, { name: string; content(data: Benchmark): string }> = {
  "README.md": {
    name: "benchmark",
    content: () => {
      const alt = "The main figures of tandem and of other tools as bars";
      return `<a href="${PAGE}">\n${picture(OVERVIEW, alt, PICTURES)}\n</a>`;
    },
  },
  "docs/building.md": { name: "editions", content: editionTable },
};

function editionTable(data: Benchmark): string {
  const rows = {
    "size, kB": { measurement: "size", metric: "size, kB" },
    "memory (RSS), MB": { measurement: "memory", metric: "RSS, MB" },
    "of which anonymous, MB": { measurement: "memory", metric: "anonymous, MB" },
    "exec to gunicorn, ms": { measurement: "start", metric: "exec to gunicorn, ms" },
  };
  return markdownTable([
    ["", "`dist/tandem-slim`", "`dist/tandem`"],
    ...Object.entries(rows).map(([title, which]) => [
      title,
      ...["tandem-slim", "tandem"].map((name) => medianOf(figuresOf(data, which, name))),
    ]),
  ]);
}

/** The text of each file by its path in the repository. */
export async function documentFiles(data: Benchmark): Promise<Record<string, string>> {
  const pictures = Object.entries(await drawAll(data));
  return {
    [PAGE]: await format(page(data), "md"),
    ...Object.fromEntries(pictures.map(([name, svg]) => [`${PICTURES}/${name}`, svg])),
    ...Object.fromEntries(
      Object.entries(sections).map(([path, { name, content }]) => [
        path,
        withSection(Deno.readTextFileSync(`${root}${path}`), path, name, content(data)),
      ]),
    ),
  };
}

/** Paths of pictures that no longer belong to a part of the data. */
export function strayPictures(files: Record<string, string>): string[] {
  return [...Deno.readDirSync(`${root}${PICTURES}`)]
    .map(({ name }) => `${PICTURES}/${name}`)
    .filter((path) => !(path in files));
}

/** @returns `undefined` before the first run */
export function readBenchmark(): Benchmark | undefined {
  const text = readIfThere(`${root}${DATA}`);
  return text === "" ? undefined : JSON.parse(text);
}

export async function writeData(data: Benchmark): Promise<void> {
  Deno.writeTextFileSync(`${root}${DATA}`, await format(jsonText(data), "json"));
}

/** @returns the paths of the files that were changed */
export async function writeDocuments(data: Benchmark): Promise<string[]> {
  const files = await documentFiles(data);
  const changed = Object.entries(files).filter(([path, text]) =>
    text !== readIfThere(`${root}${path}`)
  );
  Deno.mkdirSync(`${root}${PICTURES}`, { recursive: true });
  for (const [path, text] of changed) Deno.writeTextFileSync(`${root}${path}`, text);
  const strays = strayPictures(files);
  for (const path of strays) Deno.removeSync(`${root}${path}`);
  return [...changed.map(([path]) => path), ...strays];
}

if (import.meta.main) {
  const data = readBenchmark();
  if (data === undefined) throw new Error(`${DATA} does not exist: run deno task bench`);
  await writeData(data);
  const changed = await writeDocuments(data);
  console.log(changed.length > 0 ? changed.join("\n") : "all documents are up to date");
}
