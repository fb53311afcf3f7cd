// Bundles a program for both builds: one JavaScript module for each entry and for each file named in an `import()`.
// deno-lint-ignore-file no-console -- a script prints

import * as esbuild from "esbuild";
import { basename, join } from "node:path";
import { BuildError } from "./denort.ts";
import { root } from "../imports.ts";

export interface Module {
  /** As "tandem.js" or "check.js". */
  name: string;
  contents: Uint8Array<ArrayBuffer>;
  text: string;
  /** The source files whose code is in the module, from the root of the repository; none if it is a source map. */
  inputs: string[];
}

/** Replaces the primordials.js of parseargs, which copies every built-in method: 1.1 ms of a start in the slim edition. */
const shortPrimordials: esbuild.Plugin = {
  name: "short-primordials",
  setup({ onResolve }) {
    onResolve(
      { filter: /\/primordials$/ },
      () => ({ path: join(root, "slim", "shim", "primordials.cjs") }),
    );
  },
};

/** The late module that each run of the pair loads. */
const SUPERVISION = "run_pair";

/**
 * Each entry is one module without static imports, and so is the supervision. What they import with `import()` are late
 * modules. These have chunks for what they share with each other, but own copies of what they share with an entry or the
 * supervision: with chunks for that too, a start would load fifty modules.
 * tests/unit/scripts/late_modules_test.ts holds what that forbids.
 */
export async function bundle(
  entryPoints: Record<string, string>,
  options: esbuild.BuildOptions,
): Promise<Module[]> {
  const late: Record<string, string> = {};
  const lateImports: esbuild.Plugin = {
    name: "late-imports",
    setup({ onResolve }) {
      onResolve({ filter: /^\.{1,2}\// }, ({ kind, path, resolveDir }) => {
        if (kind !== "dynamic-import") return;
        const name = basename(path, ".ts");
        const file = join(resolveDir, path);
        if ((late[name] ??= file) !== file) {
          return { errors: [{ text: `${late[name]} and ${file} have the same name: rename one` }] };
        }
        return { path: `./${name}.js`, external: true };
      });
    },
  };

  async function build(entryPoints: Record<string, string>, splitting: boolean) {
    const plugins = [lateImports, shortPrimordials];
    const { outputFiles, metafile } = await esbuild.build({
      absWorkingDir: root,
      // node:util takes 0.7 ms longer in Deno, and QuickJS has none.
      alias: { "node:util": "@pkgjs/parseargs" },
      legalComments: "none",
      loader: { ".conf": "text", ".py": "text" },
      logLevel: "warning",
      mainFields: ["module", "main"],
      minifySyntax: true,
      platform: "neutral",
      // esbuild names chunks by the paths of files: those in node_modules/, not those that Deno links them to.
      preserveSymlinks: true,
      ...options,
      entryPoints,
      bundle: true,
      format: "esm",
      metafile: true,
      plugins,
      splitting,
      write: false,
    });
    const outputs = Object.entries(metafile.outputs);
    return outputFiles.map(({ path, contents, text }): Module => {
      const output = outputs.find(([output]) => join(root, output) === path)?.[1];
      const inputs = Object.entries(output?.inputs ?? {})
        .filter(([, { bytesInOutput }]) => bytesInOutput > 0)
        .map(([input]) => input);
      return { name: basename(path), contents: new Uint8Array(contents), text, inputs };
    });
  }

  const modules = await build(entryPoints, false);
  let lateModules: Module[] = [];
  // Late modules can import others.
  for (let known = 0; known < Object.keys(late).length;) {
    known = Object.keys(late).length;
    // In the order of their names: esbuild finds them in any order, and it numbers and names chunks by it.
    const entries = Object.entries(late).sort(([a], [b]) => a < b ? -1 : 1);
    const inEachRun = entries.filter(([name]) => name === SUPERVISION);
    const others = entries.filter(([name]) => name !== SUPERVISION);
    lateModules = [
      ...await build(Object.fromEntries(inEachRun), false),
      ...await build(Object.fromEntries(others), true),
    ];
  }
  return [...modules, ...lateModules];
}

/** Runs a build in the repository's folder; prints a BuildError in one line and exits with its status. */
export async function runBuild(build: (args: string[]) => Promise<void>): Promise<void> {
  Deno.chdir(root);
  try {
    await build(Deno.args);
  } catch (error) {
    if (error instanceof BuildError) {
      console.error(`build: ${error.message}`);
      Deno.exitCode = error.status;
    } else if (error instanceof Error && "errors" in error) {
      Deno.exitCode = 1; // esbuild has printed them
    } else throw error;
  } finally {
    await esbuild.stop();
  }
}
