// Builds the Deno edition: esbuild bundles main.ts, `deno compile` makes an executable of the modules.
//
//   deno task build                                      -> dist/tandem
//   deno task build --target aarch64-unknown-linux-gnu   -> dist/tandem-arm64
// deno-lint-ignore-file no-console -- a script prints

import { join } from "node:path";
import { parseArgs } from "node:util";
import config from "../deno.json" with { type: "json" };
import { bundle, type Module, runBuild } from "./build/bundle.ts";
import {
  BuildError,
  ignoreNotFound,
  prepareCompiler,
  run,
  sha256,
  stopwatch,
} from "./build/denort.ts";
import { shortCommit } from "./git.ts";
import { writeManPage } from "./man.ts";
import { shrinkSourceMap } from "./build/source_map.ts";

const EX_USAGE = 64;
const ENTRY = "tandem";
const outputs: Record<string, string> = {
  "x86_64-unknown-linux-gnu": "tandem",
  "aarch64-unknown-linux-gnu": "tandem-arm64",
};

const compileFlags = [
  // Deno requires --allow-all to read /proc and /sys, and FFI alone permits as much.
  "--allow-all",
  "--no-prompt",
  // The bundle has no types; `deno task check` checks the sources.
  "--no-check",
  "--no-config",
  "--no-lock",
  "--node-modules-dir=none",
  // V8's cache saves 1 ms, but is a file under /tmp that any local user can create first.
  "--no-code-cache",
  // The first two, measured after 1 million relayed lines: 58 MB RSS instead of 78 MB, 16 MB instead of 36 MB of it
  // anonymous, one thread less, no slower. --lite-mode: 50 MB, but loops over bytes take 15 times as long.
  // --no-lazy compiles a module at once, which is what a start needs of the main one: 1.5 ms less, 0.5 MB more.
  // --no-sparkplug: a start compiles no machine code for what it runs a few times: 0.3 ms less, 0.3 MB less.
  // --expose-gc: for lib/host/system/unused_memory.ts.
  "--v8-flags=--single-threaded,--optimize-for-size,--no-lazy,--no-sparkplug,--expose-gc",
];

export async function bundleProgram(commit: string): Promise<Module[]> {
  const modules = await bundle({ [ENTRY]: "main.ts" }, {
    // Nothing is written: it makes the source maps name files as "lib/…".
    outdir: ".",
    target: "esnext",
    conditions: ["deno", "node"],
    // V8 parses short names in 1.5 ms less before gunicorn's start. Stack traces have them too, beside file and line.
    minifyIdentifiers: true,
    minifyWhitespace: true,
    // Deno reads it when it prints a stack trace, which then has the lines of lib/.
    sourcemap: "linked",
    sourcesContent: false,
    define: {
      BUILD_VERSION: JSON.stringify(config.version),
      BUILD_COMMIT: JSON.stringify(commit),
      BUILD_EDITION: JSON.stringify("deno"),
    },
  });
  return modules.map((module) => {
    if (!module.name.endsWith(".map")) return module;
    const text = shrinkSourceMap(module.text);
    return { ...module, text, contents: new TextEncoder().encode(text) };
  });
}

async function compile(
  modules: Module[],
  target: string,
  output: string,
): Promise<void> {
  const compiler = await prepareCompiler(target, join(".cache", "denort"));
  if (compiler.note) console.error(`build: ${compiler.note}`);
  const seconds = stopwatch();
  // In dist/, so that rename() can replace a tandem that is running. The file is called "tandem" because
  // Deno derives from it the paths in stack traces.
  const dir = await Deno.makeTempDir({ dir: "dist", prefix: ".build-" });
  try {
    const program = join(dir, "tandem");
    for (const { name, contents } of modules) {
      const module = join(dir, name);
      await Deno.writeFile(module, contents);
      // Deno embeds the mtime; with a fixed one the build is reproducible.
      await Deno.utime(module, 0, 0);
    }
    const [command = "", ...args] = compiler.command;
    args.push("compile", "--quiet", ...compileFlags, "--target", target, "--output", program);
    for (const { name } of modules) {
      if (name.endsWith(".map")) args.push("--include", join(dir, name));
    }
    args.push(join(dir, `${ENTRY}.js`));
    await run([command, ...args], { env: compiler.env }).catch((error: Error) => {
      throw new BuildError(`deno compile failed: ${error.message}`, 1);
    });
    // Deno does not check that denort fits; a wrong one fails only when the program starts.
    if (target === Deno.build.target) {
      await run([program, "--version"]).catch((error: Error) => {
        throw new BuildError(`the executable does not run: ${error.message}`, 1);
      });
    }
    const { size } = await Deno.stat(program);
    await Deno.rename(program, output);
    console.error(`build: ${output} for ${target}, ${megabytes(size)} in ${seconds()}`);
  } finally {
    await Deno.remove(dir, { recursive: true });
  }
}

async function build(args: string[]): Promise<void> {
  const { target, output } = destination(args);
  const stampFile = `dist/.${output.slice("dist/".length)}.stamp`;
  await Deno.mkdir("dist", { recursive: true });
  await writeManPage("dist/tandem.1");

  const seconds = stopwatch();
  const commit = await shortCommit();
  const modules = await bundleProgram(commit);
  const size = modules.reduce((sum, { contents }) => sum + contents.length, 0);
  console.error(`build: bundled main.ts, ${kilobytes(size)} in ${seconds()} (${commit})`);

  const parts = [
    ...await Promise.all(modules.map(({ contents }) => sha256(contents))),
    target,
    Deno.version.deno,
    Deno.env.get("DENORT_BIN") ?? "",
    ...compileFlags,
  ];
  const key = parts.join(" ");
  const stamp = await Deno.readTextFile(stampFile).catch(ignoreNotFound);
  if (stamp !== undefined && stamp === await stampOf(output, key)) {
    console.error(`build: ${output} is up to date`);
    return;
  }
  await compile(modules, target, output);
  await Deno.writeTextFile(stampFile, await stampOf(output, key) ?? "");
}

/** The inputs and the size and mtime of the output, so that a file put there by hand is replaced. */
async function stampOf(output: string, key: string): Promise<string | undefined> {
  const file = await Deno.stat(output).catch(ignoreNotFound);
  return file && `${key}\n${file.size} ${file.mtime?.getTime()}\n`;
}

function destination(args: string[]): { target: string; output: string } {
  const targets = Object.keys(outputs);
  let target: string | undefined;
  try {
    target = parseArgs({ args, options: { target: { type: "string" } } }).values.target;
  } catch (error) {
    throw new BuildError(`${(error as Error).message}; usage: build [--target TRIPLE]`, EX_USAGE);
  }
  if (target === undefined && targets.includes(Deno.build.target)) {
    return { target: Deno.build.target, output: "dist/tandem" };
  }
  const name = outputs[target ?? ""];
  if (target === undefined || name === undefined) {
    const what = target === undefined
      ? `tandem does not run on ${Deno.build.target}`
      : `unknown target '${target}'`;
    throw new BuildError(`${what}; use --target ${targets.join(" or ")}`, EX_USAGE);
  }
  return { target, output: `dist/${name}` };
}

export function megabytes(bytes: number): string {
  return `${(bytes / 1e6).toFixed(1)} MB`;
}

export function kilobytes(bytes: number): string {
  return `${(bytes / 1e3).toFixed(0)} kB`;
}

if (import.meta.main) await runBuild(build);
