// Files from Debian's archive, fetched by apt with its own signatures checked, but into a folder of ours:
// no root, and nothing on the machine changes. They are of the suite named here, whatever the machine runs.

import { join } from "node:path";
import { BuildError, ignoreNotFound, run } from "./denort.ts";

const SUITE = "trixie";
const EX_UNAVAILABLE = 69;

/** The mirror that this machine uses anyway, so that proxies and company mirrors go on working. */
async function findMirror(): Promise<string> {
  const uris = await run(["apt-get", "update", "--print-uris"]);
  const mirror = /^'(.*\/debian\/)dists\//m.exec(uris)?.[1];
  if (mirror) return mirror;
  throw new BuildError("no Debian mirror is known to apt here", EX_UNAVAILABLE);
}

/** Runs apt-get on lists of our own, in the folder that its downloads go to. */
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
    // The sandbox user may not be let into our folder.
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
    const reason = error instanceof Deno.errors.NotFound ? "there is no apt" : `${error}`;
    throw new BuildError(`cannot fetch from Debian ${SUITE}: ${reason}`, EX_UNAVAILABLE);
  } finally {
    await Deno.remove(own, { recursive: true }).catch(ignoreNotFound);
  }
}

/** Puts the files of a source package into the folder. */
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
