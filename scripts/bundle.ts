// deno-lint-ignore-file no-console -- a script talks to its user
// What both builds share: JavaScript modules of a program, with what `import()` names in modules of their own.

import * as esbuild from "esbuild";
import { basename, join } from "node:path";
import { BuildError } from "./denort.ts";

/**
 * Each entry is one module, without a static import. A late module costs nothing until it is asked for, and has
 * copies of what it shares with the entries: with chunks for both a start would load two dozen modules. So a late
 * module must not throw what an entry knows by its class, nor keep what an entry keeps.
 */
export async function bundle(
  entryPoints: Record<string, string>,
  options: esbuild.BuildOptions,
): Promise<esbuild.OutputFile[]> {
  const late: Record<string, string> = {};
  const lateImports: esbuild.Plugin = {
    name: "late-imports",
    setup({ onResolve }) {
      onResolve({ filter: /^\.{1,2}\// }, ({ kind, path, resolveDir }) => {
        if (kind !== "dynamic-import") return;
        const name = basename(path, ".ts");
        const file = join(resolveDir, path);
        if ((late[name] ??= file) !== file) {
          return { errors: [{ text: `${late[name]} and ${file} have one name` }] };
        }
        return { path: `./${name}.js`, external: true };
      });
    },
  };

  async function build(entryPoints: Record<string, string>, splitting: boolean) {
    const plugins = [lateImports, ...options.plugins ?? []];
    const { outputFiles } = await esbuild.build({
      legalComments: "none",
      loader: { ".conf": "text", ".py": "text" },
      logLevel: "warning",
      mainFields: ["module", "main"],
      minifySyntax: true,
      platform: "neutral",
      ...options,
      entryPoints,
      bundle: true,
      format: "esm",
      plugins,
      splitting,
      write: false,
    });
    return outputFiles;
  }

  const modules = await build(entryPoints, false);
  let lateModules: esbuild.OutputFile[] = [];
  // Late modules may name later ones.
  for (let known = 0; known < Object.keys(late).length;) {
    known = Object.keys(late).length;
    lateModules = await build({ ...late }, true);
  }
  return [...modules, ...lateModules];
}

/** A build as a command: in the repository's folder, with each error in one line and a status that fits. */
export async function runBuild(build: (args: string[]) => Promise<void>): Promise<void> {
  Deno.chdir(join(import.meta.dirname ?? ".", ".."));
  try {
    await build(Deno.args);
  } catch (error) {
    if (error instanceof BuildError) {
      console.error(`build: ${error.message}`);
      Deno.exitCode = error.status;
    } else if (error instanceof Error && "errors" in error) {
      Deno.exitCode = 1; // esbuild has printed them already
    } else throw error;
  } finally {
    await esbuild.stop();
  }
}
