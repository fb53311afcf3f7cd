/** The source archive: it builds the slim edition without a network, and to the bytes of the release. */

import {
  artefact,
  assertSameFile,
  bareProgram,
  succeed,
  TemporaryFolder,
  version,
  withoutNetwork,
} from "./release_folder.ts";

const name = `tandem-${version}-source`;
const { commit } = JSON.parse(await succeed([bareProgram("x86_64"), "version", "--json"]));

Deno.test({
  name: "source: an archive builds the executable of the release, without a network",
  // It has the commit, not the changed files.
  ignore: commit.endsWith("-dirty"),
  fn: async () => {
    using folder = new TemporaryFolder();
    await succeed(["tar", "-xzf", artefact(`${name}.tar.gz`), "-C", folder.path]);
    const deno = Deno.execPath().replace(/\/[^/]*$/, "");
    const env = { DENO_DIR: `${folder.path}/deno`, PATH: `${deno}:/usr/sbin:/usr/bin:/sbin:/bin` };
    const build = [...withoutNetwork, `${folder.path}/${name}/scripts/build_offline.sh`];
    await succeed(build, { env });

    await assertSameFile(`${folder.path}/${name}/dist/tandem-slim`, bareProgram("x86_64"));
  },
});
