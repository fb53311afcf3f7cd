/** Two builds in two folders give the same bytes; the other one is that of dist/release/. */

import assert from "node:assert/strict";
import { repository } from "../support/paths.ts";
import { releaseFolder, succeed, TemporaryFolder } from "./release_folder.ts";

/** `--quick`: the clone uses the compiled QuickJS of this one, and leaves out the Deno edition. */
const isQuick = Deno.args.includes("--quick");

/** What a build fetches, and what is not compiled here. */
const FETCHED = /^(quickjs.*|qjsc-.*|musl-arm64)$/;

const git = (...args: string[]) =>
  succeed(["git", "-c", "safe.directory=*", ...args], { cwd: repository });
const isDirty = await git("status", "--porcelain") !== "";

Deno.test({
  name: "reproducible: a clone in another folder gives the same bytes",
  ignore: isDirty,
  fn: async () => {
    using folder = new TemporaryFolder();
    const clone = `${folder.path}/a-folder-with-a-longer-name/of-a-clone`;
    await git("clone", "--quiet", repository, clone);
    await copyFetched(clone);
    const release = ["run", "-A", `${clone}/scripts/release.ts`];
    await succeed([Deno.execPath(), ...release, ...isQuick ? ["--without-deno"] : []], {
      cwd: clone,
      env: passedOn("HOME", "DENO_DIR", "DENO_TLS_CA_STORE", "SOURCE_DATE_EPOCH", "PATH"),
    });

    const sums = (path: string) =>
      Deno.readTextFileSync(`${path}/SHA256SUMS`).trimEnd().split("\n");
    assert.deepEqual(sums(`${clone}/dist/release`), sums(releaseFolder));
    // Nor do the products of the build make the clone dirty.
    assert.equal(await succeed(["git", "-C", clone, "status", "--porcelain"]), "");
  },
});

function passedOn(...names: string[]): Record<string, string> {
  const all = Deno.env.toObject();
  return Object.fromEntries(names.flatMap((name) => name in all ? [[name, all[name]!]] : []));
}

/** So that nothing is fetched again. */
async function copyFetched(clone: string): Promise<void> {
  const copy = (path: string) =>
    succeed(["cp", "-a", "--reflink=auto", `${repository}/${path}`, `${clone}/${path}`]);
  await copy("node_modules");
  await Deno.mkdir(`${clone}/.cache/slim`, { recursive: true });
  await copy(".cache/deno").catch(() => {});
  await copy(".cache/denort").catch(() => {});
  for (const { name } of Deno.readDirSync(`${repository}/.cache/slim`)) {
    if (isQuick || FETCHED.test(name)) await copy(`.cache/slim/${name}`);
  }
}
