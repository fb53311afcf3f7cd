/** The source archive: the commit, QuickJS and the npm packages, so that the slim edition can be built without a network. */

import { join } from "node:path";
import { run } from "../denort.ts";
import { root } from "../imports.ts";
import { prepareTarball, quickjsSource } from "../quickjs_source.ts";
import { npmVersion } from "./components.ts";
import type { Entry } from "./entries.ts";
import type { Artefact, Release } from "./release.ts";
import { tarGz } from "./tar.ts";

/** What the build of the slim edition needs; esbuild's executable is that for x86-64. */
const packages = [
  "@esbuild/linux-x64",
  "@pkgjs/parseargs",
  "esbuild",
  "loglevel",
  "valibot",
];

export async function sourceArchive({ version, commit, time }: Release): Promise<Artefact[]> {
  const name = `tandem-${version}-source`;
  const folder = await Deno.makeTempDir({ prefix: "tandem-source-" });
  try {
    const archive = join(folder, "commit.tar");
    const git = ["git", "-c", "safe.directory=*", "-c", "tar.umask=0022", "archive"];
    await run([...git, "--output", archive, commit.hash], { cwd: root });
    const unpacked = join(folder, "unpacked");
    await Deno.mkdir(unpacked);
    await run(["tar", "-xf", archive, "-C", unpacked]);
    const quickjs = await prepareTarball(join(root, ".cache", "slim"), folder);
    const entries: Entry[] = [
      ...await filesBelow(unpacked),
      ...(await Promise.all(packages.map(packageFiles))).flat(),
      { path: `vendor/${quickjsSource.file}`, mode: 0o644, data: await Deno.readFile(quickjs) },
    ];
    return [{ name: `${name}.tar.gz`, data: tarGz(entries, time, `${name}/`) }];
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

/** In node_modules/ as npm lays it out, without links. */
async function packageFiles(name: string): Promise<Entry[]> {
  // Deno links only what deno.json names.
  const folder = `${name.replace("/", "+")}@${await npmVersion(name)}`;
  const path = join(root, "node_modules", ".deno", folder, "node_modules", name);
  const entries = await filesBelow(path);
  return entries.map((entry) => ({ ...entry, path: `node_modules/${name}/${entry.path}` }));
}

async function filesBelow(folder: string): Promise<Entry[]> {
  const entries = await Promise.all(
    (await Array.fromAsync(Deno.readDir(folder))).map(async ({ name, isDirectory, isFile }) => {
      const path = join(folder, name);
      if (isDirectory) {
        const inside = await filesBelow(path);
        return inside.map((entry) => ({ ...entry, path: `${name}/${entry.path}` }));
      }
      if (!isFile) throw new Error(`${path} is neither a file nor a folder`);
      const { mode } = await Deno.stat(path);
      const isProgram = ((mode ?? 0) & 0o100) !== 0;
      const data = await Deno.readFile(path);
      return [{ path: name, mode: isProgram ? 0o755 as const : 0o644 as const, data }];
    }),
  );
  return entries.flat();
}
