/** What an executable is made of, from the sources that its build uses: for the notices, the SBOM and the provenance. */

import { join } from "node:path";
import { bundleProgram as bundleDeno } from "../build.ts";
import { bundleProgram as bundleSlim } from "../build_slim.ts";
import { denortSource, prepareCompiler, run, sha256 } from "../denort.ts";
import { root } from "../imports.ts";
import { flavours, prepareArm64Musl, prepareSources } from "../quickjs.ts";
import { quickjsSource } from "../quickjs_source.ts";
import type { Arch } from "./release.ts";

export interface Component {
  name: string;
  version: string;
  purl: string;
  /** An SPDX expression. */
  license: string;
  /** Its licence and copyright, as its sources have them. */
  notice: string;
  /** Of the file that was fetched, hexadecimal. */
  hash?: { algorithm: "SHA-256" | "SHA-512"; digest: string };
}

export interface Tool {
  name: string;
  version: string;
}

const cache = join(root, ".cache", "slim");

export async function slimComponents(arch: Arch): Promise<Component[]> {
  const flavour = arch === "x86_64" ? flavours.x64 : await prepareArm64Musl(cache);
  const modules = await bundleSlim("./main.ts", flavour, "");
  return [
    ...await npmComponents(modules.flatMap(({ inputs }) => inputs)),
    await quickjs(),
    await musl(arch),
    await libgcc(arch),
  ];
}

export async function denoComponents(arch: Arch): Promise<Component[]> {
  const modules = await bundleDeno("");
  return [
    ...await npmComponents(modules.flatMap(({ inputs }) => inputs)),
    await denoRuntime(arch),
  ];
}

/** What made the executable, beside the components. */
export async function toolsOf(edition: "slim" | "deno", arch: Arch): Promise<Tool[]> {
  const esbuild = { name: "esbuild", version: await npmVersion("esbuild") };
  const deno = { name: "deno", version: Deno.version.deno };
  if (edition === "deno") return [esbuild, deno];
  const { compiler } = arch === "x86_64" ? flavours.x64 : flavours.arm64;
  const [gcc = ""] = compiler;
  const linker = arch === "x86_64" ? "ld" : "aarch64-linux-gnu-ld";
  return [
    esbuild,
    deno,
    { name: "gcc", version: firstLine(await run([gcc, "--version"])) },
    { name: "binutils", version: firstLine(await run([linker, "--version"])) },
  ];
}

function firstLine(text: string): string {
  return text.split("\n")[0]!;
}

/** The packages that have files in the bundle. */
async function npmComponents(inputs: readonly string[]): Promise<Component[]> {
  const folders = inputs.flatMap((input) =>
    /^(.*\bnode_modules\/(?:@[^/]+\/)?[^/]+)\//.exec(input)?.[1] ?? []
  );
  return await Promise.all([...new Set(folders)].sort().map(npmComponent));
}

async function npmComponent(folder: string): Promise<Component> {
  const { name, version, license } = JSON.parse(
    await Deno.readTextFile(join(root, folder, "package.json")),
  ) as { name: string; version: string; license: string };
  const file = [...Deno.readDirSync(join(root, folder))]
    .find(({ name }) => /^licen[cs]e(-mit|\.md|\.txt)?$/i.test(name));
  if (!file) throw new Error(`${folder} has no licence`);
  const purl = `pkg:npm/${name.replace("@", "%40")}@${version}`;
  const notice = await Deno.readTextFile(join(root, folder, file.name));
  const hash = await npmHash(`${name}@${version}`);
  // The text counts where package.json differs, as that of @pkgjs/parseargs does.
  const isApache = /Apache License\s+Version 2\.0/.test(notice);
  return { name, version, purl, license: isApache ? "Apache-2.0" : license, notice, hash };
}

/** As deno.lock has it. */
async function npmHash(id: string): Promise<Component["hash"]> {
  const { npm } = await readLock();
  const base64 = npm[id]?.integrity.replace(/^sha512-/, "") ?? "";
  return { algorithm: "SHA-512", digest: Uint8Array.fromBase64(base64).toHex() };
}

export async function npmVersion(name: string): Promise<string> {
  const ids = Object.keys((await readLock()).npm);
  return ids.find((id) => id.startsWith(`${name}@`))!.slice(name.length + 1);
}

async function readLock(): Promise<{ npm: Record<string, { integrity: string }> }> {
  return JSON.parse(await Deno.readTextFile(join(root, "deno.lock")));
}

async function quickjs(): Promise<Component> {
  const { name, version, sha256: digest } = quickjsSource;
  const sources = await prepareSources(cache);
  return {
    ...{ name, version, license: "MIT" },
    purl: `pkg:generic/quickjs@${version}`,
    notice: await Deno.readTextFile(join(sources, "LICENSE")),
    hash: { algorithm: "SHA-256", digest },
  };
}

/** Debian's package: that of this machine, or for arm64 the one that the build has fetched. */
async function musl(arch: Arch): Promise<Component> {
  const documents = arch === "x86_64"
    ? "/usr/share/doc/musl-dev"
    : join(cache, "musl-arm64/usr/share/doc/musl-dev");
  const changelog = await run(["zcat", `${documents}/changelog.Debian.gz`]);
  const version = /\(([^)]+)\)/.exec(changelog)?.[1] ?? "unknown";
  const notice = await Deno.readTextFile(`${documents}/copyright`);
  return debian("musl", version, "MIT", notice, arch);
}

/** What the compiler adds to a static executable: start files and arithmetic. */
async function libgcc(arch: Arch): Promise<Component> {
  const [compiler = ""] = (arch === "x86_64" ? flavours.x64 : flavours.arm64).compiler;
  const version = /^\S+ \(Debian ([^)]+)\)/.exec(await run([compiler, "--version"]))?.[1];
  const license = "GPL-3.0-or-later WITH GCC-exception-3.1";
  const notice =
    "Parts of GCC's runtime library, under the GNU General Public License, version 3 " +
    "or later, with\nthe GCC Runtime Library Exception, version 3.1, which permits conveying the " +
    "executable under\nother terms: https://www.gnu.org/licenses/gcc-exception-3.1.html\n";
  return debian("libgcc", version ?? "unknown", license, notice, arch);
}

function debian(
  name: string,
  version: string,
  license: string,
  notice: string,
  arch: Arch,
): Component {
  const machine = arch === "x86_64" ? "amd64" : "arm64";
  const source = name === "libgcc" ? "libgcc-12-dev" : "musl-dev";
  const purl = `pkg:deb/debian/${source}@${version.replaceAll("+", "%2B")}?arch=${machine}`;
  return { name, version, purl, license, notice };
}

/** That of npm is pinned; one that `deno compile` downloads has Deno's own version. */
async function denoRuntime(arch: Arch): Promise<Component> {
  const target = `${arch}-unknown-linux-gnu`;
  const { env } = await prepareCompiler(target, join(root, ".cache", "denort"));
  const path = Deno.env.get("DENORT_BIN") ?? env.DENORT_BIN;
  const digest = path && await sha256(await Deno.readFile(path));
  const version = digest === denortSource.sha256 ? denortSource.deno : Deno.version.deno;
  const folder = (await Deno.realPath(Deno.execPath())).replace(/\/[^/]*$/, "");
  const license = await Deno.readTextFile(`${folder}/LICENSE`).catch(() =>
    "Copyright the Deno authors, MIT License: https://github.com/denoland/deno/blob/main/LICENSE.md\n"
  );
  return {
    name: "denort",
    version,
    purl: `pkg:github/denoland/deno@v${version}`,
    license: "MIT",
    notice: `${license}
Deno's runtime contains V8 (BSD-3-Clause, Copyright the V8 project authors,
https://github.com/v8/v8/blob/main/LICENSE) and the Rust crates of
https://github.com/denoland/deno/blob/v${version}/Cargo.lock, each under its own licence.
`,
    ...digest && { hash: { algorithm: "SHA-256", digest } },
  };
}
