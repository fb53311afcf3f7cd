// Builds the executables of a release, and describes what they are made of.
// deno-lint-ignore-file no-console -- a script prints

import { join } from "node:path";
import { BuildError } from "../build/denort.ts";
import { root } from "../imports.ts";
import { denoComponents, slimComponents, toolsOf } from "./components.ts";
import { noticesText } from "./notices.ts";
import { type Arch, ARCHES, type Program, type Release } from "./release.ts";
import { sbomOf } from "./sbom.ts";

const EX_UNAVAILABLE = 69;

interface Build {
  edition: Program["edition"];
  arch: Arch;
  /** The script below scripts/, and its arguments. */
  command: readonly string[];
  output: string;
}

const slimBuilds: readonly Build[] = ARCHES.map((arch) => ({
  edition: "slim",
  arch,
  command: ["build_slim.ts", "--arch", arch === "x86_64" ? "x64" : "arm64"],
  output: arch === "x86_64" ? "dist/tandem-slim" : "dist/tandem-slim-arm64",
}));

const denoBuilds: readonly Build[] = ARCHES.map((arch) => ({
  edition: "deno",
  arch,
  command: ["build.ts", "--target", `${arch}-unknown-linux-gnu`],
  output: arch === "x86_64" ? "dist/tandem" : "dist/tandem-arm64",
}));

type Base = Pick<Release, "version" | "commit" | "time">;

export async function buildPrograms(base: Base, withDeno: boolean): Promise<Program[]> {
  const programs: Program[] = [];
  for (const build of [...slimBuilds, ...withDeno ? denoBuilds : []]) {
    if (await runBuildScript(build)) programs.push(await describe(build, base));
  }
  return programs;
}

/** @returns whether it was built; npm has the runtime of the Deno edition for x86-64 only */
async function runBuildScript({ edition, arch, command }: Build): Promise<boolean> {
  const [script = "", ...args] = command;
  const child = new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", join(root, "scripts", script), ...args],
    cwd: root,
    stdin: "null",
  });
  const { code } = await child.spawn().status;
  if (code === 0) return true;
  const mayBeMissing = edition === "deno" && arch === "aarch64" && code === EX_UNAVAILABLE;
  if (!mayBeMissing) throw new BuildError(`${script} failed, see above`, code);
  console.error("release: without the Deno edition for arm64, see above");
  return false;
}

async function describe({ edition, arch, output }: Build, base: Base): Promise<Program> {
  const suffix = edition === "deno" ? "-deno" : "";
  const name = `tandem-${base.version}-linux-${arch}${suffix}`;
  const data = await Deno.readFile(join(root, output));
  const components = await (edition === "slim" ? slimComponents(arch) : denoComponents(arch));
  const tools = await toolsOf(edition, arch);
  const sbom = await sbomOf({ edition, arch, name, data }, components, tools, base);
  return { edition, arch, name, data, sbom, notices: noticesText(name, components), components };
}
