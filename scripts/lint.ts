// Checks the files that Deno's own tools do not know: C with clang-format, shell scripts with shellcheck,
// Python with pyflakes, the files of CI services with yamllint. Part of `deno task check`.
// deno-lint-ignore-file no-console -- a script prints

import { ignoreNotFound, run } from "./build/denort.ts";
import { root } from "./imports.ts";

const EX_FAILED = 1;
const YAML_RULES = "{extends: default, rules: {line-length: disable, document-start: disable, " +
  "truthy: {check-keys: false}}}";

export interface LintFiles {
  c: string[];
  shell: string[];
  python: string[];
  ci: string[];
}

/** Sorts files by extension, and files without one by their first line. @param firstLine of a path */
export function sortFiles(paths: string[], firstLine: (path: string) => string): LintFiles {
  const files: LintFiles = { c: [], shell: [], python: [], ci: [] };
  for (const path of paths) {
    if (/^(slim\/native|tests\/fuzz|scripts\/bench\/programs)\/.*\.[ch]$/.test(path)) {
      files.c.push(path);
    } else if (path.endsWith(".py")) files.python.push(path);
    else if (/^\.git(hub\/|lab-ci).*\.yml$/.test(path)) files.ci.push(path);
    else {
      const shebang = firstLine(path);
      if (/^#!.*\b(ba|da|k)?sh\b/.test(shebang)) files.shell.push(path);
      else if (/^#!.*\bpython/.test(shebang)) files.python.push(path);
    }
  }
  return files;
}

/** The first 100 bytes up to a line feed; "" if the file cannot be read or is a folder. */
function readFirstLine(path: string): string {
  try {
    using file = Deno.openSync(`${root}${path}`);
    const bytes = new Uint8Array(100);
    const count = file.readSync(bytes) ?? 0;
    return new TextDecoder().decode(bytes.subarray(0, count)).split("\n")[0]!;
  } catch {
    return "";
  }
}

async function trackedFiles(): Promise<string[]> {
  // In a container the clone may belong to another user, and git then refuses to read it.
  const list = await run(["git", "-c", "safe.directory=*", "ls-files", "-z"], { cwd: root });
  const paths = list.split("\0").filter((path) => path !== "");
  // A file that was just deleted is still tracked.
  const present = await Promise.all(
    paths.map(async (path) => await Deno.stat(`${root}${path}`).catch(ignoreNotFound)),
  );
  return paths.filter((_, index) => present[index]?.isFile);
}

/** Runs a linter with our stdout and stderr. @returns whether it found nothing */
async function lint(command: string, args: string[], files: string[]): Promise<boolean> {
  if (files.length === 0) return true;
  try {
    const child = new Deno.Command(command, { args: [...args, ...files], cwd: root }).spawn();
    const { success } = await child.status;
    if (success) console.error(`Checked ${files.length} files with ${command}`);
    return success;
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
    console.error(`lint: ${command} is missing: run scripts/setup.sh check`);
    return false;
  }
}

if (import.meta.main) {
  const { c, shell, python, ci } = sortFiles(await trackedFiles(), readFirstLine);
  const results = [
    // Without a .clang-format there is no style to check.
    await lint("clang-format", ["--dry-run", "-Werror", "--fallback-style=none"], c),
    await lint("shellcheck", [], shell),
    await lint("pyflakes3", [], python),
    // GitHub's key `on` is a boolean to YAML; commands are as long as they are.
    await lint("yamllint", ["--strict", "-d", YAML_RULES], ci),
  ];
  if (results.includes(false)) Deno.exitCode = EX_FAILED;
}
