/** The files of dist/release/, and the tools by which their users unpack them. */

import config from "../../deno.json" with { type: "json" };
import { baseEnvironment } from "../support/environment.ts";
import { isRoot } from "../support/machine/needs.ts";
import { repository } from "../support/paths.ts";

export const { version } = config;
export const releaseFolder = `${repository}/dist/release`;

export function artefact(name: string): string {
  return `${releaseFolder}/${name}`;
}

export type Arch = "x86_64" | "aarch64";

export const wheelOf = (arch: Arch) =>
  artefact(
    `tandem_serve-${version}-py3-none-manylinux_2_17_${arch}.manylinux2014_${arch}.musllinux_1_1_${arch}.whl`,
  );
export const debOf = (arch: Arch) =>
  artefact(`tandem-serve_${version}-1_${arch === "x86_64" ? "amd64" : "arm64"}.deb`);
export const npmPackageOf = (arch: Arch) =>
  artefact(`tandem-serve-linux-${arch === "x86_64" ? "x64" : "arm64"}-${version}.tgz`);
export const bareProgram = (arch: Arch) => artefact(`tandem-${version}-linux-${arch}`);
export const ociArchive = artefact(`tandem-${version}-oci.tar`);

/** A prefix for a command that may not use the network; only root can take it away. */
export const withoutNetwork: readonly string[] = isRoot ? ["unshare", "--net"] : [];

export interface Result {
  code: number;
  stdout: string;
  stderr: string;
}

/** Far above what anything here takes, on a busy machine too. */
const RUN_MS = 1_800_000;

export async function runTool(
  [program = "", ...args]: readonly string[],
  { cwd = "/", env = {} }: { cwd?: string; env?: Record<string, string> } = {},
): Promise<Result> {
  const { code, stdout, stderr } = await new Deno.Command(program, {
    args,
    cwd,
    clearEnv: true,
    env: { ...baseEnvironment(), ...env },
    stdin: "null",
    signal: AbortSignal.timeout(RUN_MS),
  }).output();
  const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes);
  return { code, stdout: text(stdout), stderr: text(stderr) };
}

/** @returns its stdout @throws {Error} with all of its output, if it fails */
export async function succeed(
  command: readonly string[],
  options?: { cwd?: string; env?: Record<string, string> },
): Promise<string> {
  const { code, stdout, stderr } = await runTool(command, options);
  if (code === 0) return stdout;
  throw new Error(`${command.join(" ")} exited with ${code}:\n${stdout}\n${stderr}`);
}

/** By cmp: assert would take minutes to show how a million bytes differ. */
export async function assertSameFile(path: string, expected: string): Promise<void> {
  await succeed(["cmp", path, expected]);
}

/** A new folder that is removed at the end of its scope. */
export class TemporaryFolder implements Disposable {
  readonly path = Deno.makeTempDirSync({ prefix: "tandem-release-test-" });

  constructor() {
    // mktemp's mode would keep nginx's workers out.
    Deno.chmodSync(this.path, 0o755);
  }

  [Symbol.dispose](): void {
    Deno.removeSync(this.path, { recursive: true });
  }
}
