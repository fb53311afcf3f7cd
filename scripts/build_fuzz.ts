// Builds the fuzz targets of tests/fuzz/targets/: each with libFuzzer, the engine, the host's C files and parsers.ts, all
// with ASan and, but for the engine, UBSan. An executable that is newer than all of its sources is kept.
// deno-lint-ignore-file no-console -- a script prints

import { join } from "node:path";
import { generateBytecode, installCompilers } from "./build_slim.ts";
import { runBuild } from "./build/bundle.ts";
import { sha256, stopwatch } from "./build/denort.ts";
import { root } from "./imports.ts";
import { compileAll, flavours, prepareEngine, prepareSources, runTool } from "./build/quickjs.ts";

const cache = join(root, ".cache", "slim");
const native = join(root, "slim", "native");
const fuzz = join(root, "tests", "fuzz");
const output = join(root, ".cache", "fuzz");
const flavour = flavours.fuzz;

const flags = [
  ...["-std=gnu11", "-Wall", "-Wextra", "-Werror"],
  ...flavour.hostFlags,
  ...["-I", native],
];

function cFiles(folder: string): string[] {
  return [...Deno.readDirSync(folder)]
    .map(({ name }) => join(folder, name))
    .filter((path) => path.endsWith(".c"))
    .sort();
}

export const fuzzTargets = cFiles(join(fuzz, "targets"))
  .map((path) => path.replace(/^.*\/(\w+)\.c$/, "$1"));

/** @returns the folder with an executable for each target */
export async function buildFuzz(): Promise<string> {
  await installCompilers("fuzz");
  const sources = await prepareSources(cache);
  const engine = await prepareEngine(flavour, sources, cache);
  await Deno.mkdir(output, { recursive: true });
  const seconds = stopwatch();
  const folder = await Deno.makeTempDir({ dir: cache, prefix: ".fuzz-" });
  try {
    const bytecode = await generateBytecode("./tests/fuzz/parsers.ts", flavour, "fuzz", folder);
    // tests/fuzz/engine.c includes it.
    const host = cFiles(native).filter((path) => !path.endsWith("/host.c"));
    const targets = cFiles(join(fuzz, "targets"));
    const inputs = [...cFiles(native), join(native, "host.h"), ...targets, ...bytecode];
    inputs.push(join(fuzz, "engine.c"), join(fuzz, "engine.h"), engine);
    const executables = join(output, `targets-${await hashOf(inputs)}`);
    if (await isFolder(executables)) return executables;
    const shared = [...host, join(fuzz, "engine.c"), ...bytecode];
    const objectsFolder = join(folder, "targets");
    await Deno.mkdir(objectsFolder);
    const all = [...flags, "-isystem", sources];
    const objects = await compileAll(flavour, shared, all, folder);
    await compileAll(flavour, targets, all, objectsFolder);
    const fresh = join(folder, "executables");
    await Deno.mkdir(fresh);
    await Promise.all(fuzzTargets.map((name) =>
      runTool([
        ...[...flavour.compiler, ...flavour.linkFlags, "-Wl,--wrap=connect"],
        ...[join(objectsFolder, `${name}.o`), ...objects, engine, "-lm", "-o", join(fresh, name)],
      ])
    ));
    await removeOldTargets();
    await Deno.rename(fresh, executables);
    console.error(`build: ${fuzzTargets.length} fuzz targets in ${seconds()}`);
    return executables;
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

async function hashOf(files: string[]): Promise<string> {
  const hashes = await Promise.all(files.map(async (file) => sha256(await Deno.readFile(file))));
  const text = [...flavour.flags, ...flags, ...hashes].join(" ");
  return (await sha256(new TextEncoder().encode(text))).slice(0, 12);
}

async function isFolder(path: string): Promise<boolean> {
  return await Deno.stat(path).then(({ isDirectory }) => isDirectory, () => false);
}

async function removeOldTargets(): Promise<void> {
  for (const { name } of Deno.readDirSync(output)) {
    if (name.startsWith("targets-")) await Deno.remove(join(output, name), { recursive: true });
  }
}

if (import.meta.main) await runBuild(async () => void await buildFuzz());
