// Builds the slim edition: esbuild bundles slim/shim/deno.ts and main.ts, QuickJS's compiler makes bytecode of the
// modules, and a C compiler links it, QuickJS and the C files of slim/native/ into a static executable.
//
//   deno task build:slim                -> dist/tandem-slim
//   deno task build:slim --arch arm64   -> dist/tandem-slim-arm64
//   deno task build:slim --sanitize     -> dist/tandem-slim-asan, with ASan and UBSan
// deno-lint-ignore-file no-console -- a script prints

import type * as esbuild from "esbuild";
import { join } from "node:path";
import { parseArgs } from "node:util";
import config from "../deno.json" with { type: "json" };
import { kilobytes } from "./build.ts";
import { bundle, type Module, runBuild } from "./bundle.ts";
import { BuildError, run, stopwatch } from "./denort.ts";
import { shortCommit } from "./git.ts";
import { root } from "./imports.ts";
import {
  compileAll,
  type Flavour,
  flavours,
  prepareArm64Musl,
  prepareBytecodeCompiler,
  prepareEngine,
  prepareSources,
  quickjsVersion,
  runTool,
} from "./quickjs.ts";

const EX_USAGE = 64;
const cache = join(root, ".cache", "slim");
const native = join(root, "slim", "native");

/** Replaces the primordials.js of parseargs, which copies every built-in method: 1.1 ms of a start of 2.7 ms. */
const shortPrimordials: esbuild.Plugin = {
  name: "short-primordials",
  setup({ onResolve }) {
    onResolve(
      { filter: /\/primordials$/ },
      () => ({ path: join(root, "slim", "shim", "primordials.cjs") }),
    );
  },
};

export function bundleProgram(
  program: string,
  flavour: Flavour,
  commit: string,
): Promise<Module[]> {
  return bundle({ host: join(root, "slim", "shim", "deno.ts"), program }, {
    outdir: "/",
    // QuickJS has all of it; esbuild only rewrites `using`.
    target: "es2022",
    conditions: [],
    plugins: [shortPrimordials],
    alias: { "node:util": "@pkgjs/parseargs" },
    // Names are not minified: there is no source map for stack traces.
    define: {
      BUILD_VERSION: JSON.stringify(config.version),
      BUILD_COMMIT: JSON.stringify(commit),
      BUILD_EDITION: JSON.stringify("slim"),
      BUILD_ARCH: JSON.stringify(flavour.arch),
      BUILD_QUICKJS: JSON.stringify(quickjsVersion),
    },
  });
}

const HOST = "host.js";

/**
 * The name of the program's module. QuickJS can use bytecode where it is, without a copy, if each of its names has the
 * number in the engine that it has in the bytecode. The engine numbers names as it meets them, and has met this one when
 * it reads its first module. The first name in a module's bytecode is that of the module.
 */
const PROGRAM = "AggregateError";

/** C source of a table from module names to the bytecode arrays, whose names qjsc derives from the files. */
function tableOf(modules: string[]): string {
  const arrays = modules.map((name) => `qjsc_${name.replace(/\.js$/, "").replace(/\W/g, "_")}`);
  return [
    '#include "host.h"',
    `const char *const program_name = "${PROGRAM}";`,
    ...arrays.map((array) => `extern const uint8_t ${array}[];`),
    ...arrays.map((array) => `extern const uint32_t ${array}_size;`),
    "const struct bytecode bytecodes[] = {",
    ...modules.map((name, i) => `  {"${name}", ${arrays[i]}, &${arrays[i]}_size},`),
    "  {NULL, NULL, NULL},",
    "};\n",
  ].join("\n");
}

/** @returns the C files in `folder` that contain the program's bytecode */
export async function generateBytecode(
  program: string,
  flavour: Flavour,
  commit: string,
  folder: string,
): Promise<string[]> {
  const qjsc = await prepareBytecodeCompiler(await prepareSources(cache), cache);
  const bundled = await bundleProgram(program, flavour, commit);
  const modules = bundled.map(({ name, text }) => ({
    name: name === "program.js" ? PROGRAM : name,
    text,
  }));
  for (const { name, text } of modules) {
    // QuickJS's own import() needs the name of the importing file, which stripped bytecode has lost.
    const code = text.replaceAll(/\bimport\((?="\.\/)/g, "importModule(");
    await Deno.writeTextFile(join(folder, name), code);
  }
  const names = modules.map(({ name }) => name);
  await Deno.writeTextFile(join(folder, "table.c"), tableOf(names));
  const late = names.filter((name) => name !== HOST && name !== PROGRAM && !/^chunk-/.test(name));
  // -s strips line numbers, which would be those of the bundle; stack traces keep the names of functions.
  const compile = [qjsc, "-s", "-c", "-m", "-o", "bytecode.c"];
  compile.push(...late.flatMap((name) => ["-D", name]), HOST, PROGRAM);
  await run(compile, { cwd: folder });
  return ["table.c", "bytecode.c"].map((name) => join(folder, name));
}

const warnings = ["-Wall", "-Wextra", "-Wconversion", "-Wsign-conversion", "-Werror"];
const hostFlags = ["-std=gnu11", ...warnings];

/** Builds any program, also those of the conformance tests. @param program from the root of the repository */
export async function buildSlim(
  program: string,
  output: string,
  flavour: Flavour,
  commit: string,
): Promise<void> {
  const sources = await prepareSources(cache);
  const engine = await prepareEngine(flavour, sources, cache);
  const folder = await Deno.makeTempDir({ dir: cache, prefix: ".build-" });
  try {
    const generated = await generateBytecode(program, flavour, commit, folder);
    const host = (await Array.fromAsync(Deno.readDir(native)))
      .map(({ name }) => join(native, name))
      .filter((path) => path.endsWith(".c"));
    const flags = [
      ...hostFlags,
      ...flavour.hostFlags,
      "-I",
      native,
      "-isystem",
      sources,
    ];
    const objects = await compileAll(flavour, [...host, ...generated], flags, folder);
    // rename() can replace an executable that is running; the linker cannot.
    const temporary = `${output}.${Deno.pid}.new`;
    const { compiler, linkFlags } = flavour;
    await runTool([...compiler, ...linkFlags, ...objects, engine, "-lm", "-o", temporary]);
    await Deno.rename(temporary, output);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

async function build(args: string[]): Promise<void> {
  const { name, output } = destination(args);
  await installCompilers(name);
  const flavour = name === "arm64" ? await prepareArm64Musl(cache) : flavours[name];
  const seconds = stopwatch();
  await Deno.mkdir("dist", { recursive: true });
  await buildSlim("./main.ts", output, flavour, await shortCommit());
  const { size } = await Deno.stat(output);
  console.error(`build: ${output}, ${kilobytes(size)} in ${seconds()}`);
}

/** Runs scripts/setup.sh, which prints what it installs, or why it cannot. */
export async function installCompilers(name: Flavour["name"]): Promise<void> {
  const kind = { x64: "slim", arm64: "arm64", asan: "sanitize", fuzz: "fuzz" }[name];
  const setup = new Deno.Command("scripts/setup.sh", { args: [kind], stdin: "null" });
  const { code } = await setup.spawn().status;
  if (code !== 0) throw new BuildError("packages are missing, see above", code);
}

function destination(args: string[]): { name: Flavour["name"]; output: string } {
  const usage = "usage: build:slim [--arch x64|arm64] [--sanitize]";
  let values: { arch: string; sanitize: boolean };
  try {
    const options = {
      arch: { type: "string", default: "x64" },
      sanitize: { type: "boolean", default: false },
    } as const;
    values = parseArgs({ args, options }).values;
  } catch (error) {
    throw new BuildError(`${(error as Error).message}; ${usage}`, EX_USAGE);
  }
  const { arch, sanitize } = values;
  if (arch === "x64" && sanitize) return { name: "asan", output: "dist/tandem-slim-asan" };
  if (arch === "x64") return { name: "x64", output: "dist/tandem-slim" };
  if (arch === "arm64" && !sanitize) return { name: "arm64", output: "dist/tandem-slim-arm64" };
  throw new BuildError(usage, EX_USAGE);
}

if (import.meta.main) await runBuild(build);
