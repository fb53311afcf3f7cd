// Fetches files of one Debian suite with apt, which checks the signatures. It needs no root and changes nothing on
// the machine, which may run another suite.

import { join } from "node:path";
import { BuildError, ignoreNotFound, run } from "./build/denort.ts";

const SUITE = "trixie";
const EX_UNAVAILABLE = 69;

/** The mirror that apt uses on this machine, so that proxies and company mirrors work. */
export async function findMirror(): Promise<string> {
  const uris = await run(["apt-get", "update", "--print-uris"]);
  const mirror = /^'(.*\/debian\/)dists\//m.exec(uris)?.[1];
  if (mirror) return mirror;
  throw new BuildError("apt has no Debian mirror: add one to its sources", EX_UNAVAILABLE);
}

/** Runs apt-get with its own package lists; it downloads into the folder. */
async function apt(folder: string, architecture: string, args: string[]): Promise<void> {
  const own = join(await Deno.realPath(folder), `.apt-${architecture}`);
  const options = [
    `Dir::State=${own}/state`,
    `Dir::State::status=${own}/status`,
    `Dir::Cache=${own}/cache`,
    `Dir::Etc::sourcelist=${own}/sources.list`,
    "Dir::Etc::sourceparts=-",
    `APT::Architecture=${architecture}`,
    `APT::Architectures=${architecture}`,
    // apt's sandbox user may have no access to the folder.
    "APT::Sandbox::User=",
  ].flatMap((option) => ["-o", option]);
  const aptGet = (args: string[]) => run(["apt-get", "-qq", ...options, ...args], { cwd: folder });
  try {
    if (await Deno.stat(`${own}/sources.list`).catch(ignoreNotFound) === undefined) {
      for (const name of ["state/lists/partial", "cache/archives/partial"]) {
        await Deno.mkdir(`${own}/${name}`, { recursive: true });
      }
      await Deno.writeTextFile(`${own}/status`, "");
      const source = `${await findMirror()} ${SUITE} main\n`;
      await Deno.writeTextFile(`${own}/sources.list`, `deb ${source}deb-src ${source}`);
    }
    await aptGet(["update"]);
    await aptGet(args);
  } catch (error) {
    if (error instanceof BuildError) throw error;
    const reason = error instanceof Deno.errors.NotFound ? "apt-get is missing" : `${error}`;
    throw new BuildError(`cannot fetch from Debian ${SUITE}: ${reason}`, EX_UNAVAILABLE);
  } finally {
    await Deno.remove(own, { recursive: true }).catch(ignoreNotFound);
  }
}

/** Downloads the files of a source package into the folder. */
export async function fetchSource(name: string, folder: string): Promise<void> {
  await apt(folder, "amd64", ["source", "--download-only", name]);
}

/** Unpacks a package of another architecture into the folder, without installing it. */
export async function unpackPackage(
  name: string,
  architecture: string,
  folder: string,
): Promise<void> {
  await apt(folder, architecture, ["download", name]);
  for await (const { name: file } of Deno.readDir(folder)) {
    if (file.startsWith(`${name}_`)) await run(["dpkg-deb", "-x", join(folder, file), folder]);
  }
}
