/** A user who has only Docker files: the image as skopeo reads it, and what `COPY --from=` takes from it. */

import assert from "node:assert/strict";
import { prepareRoot } from "../matrix/roots.ts";
import { inRoot } from "../matrix/in_root.ts";
import { demoAnswers } from "./demo.ts";
import {
  assertSameFile,
  bareProgram,
  ociArchive,
  succeed,
  TemporaryFolder,
  version,
} from "./release_folder.ts";

const image = `oci-archive:${ociArchive}:${version}`;
const skopeo = ["skopeo", "--insecure-policy"];

/** The files of the image for a machine, as an image is unpacked. */
async function unpack(machine: "amd64" | "arm64", folder: string): Promise<void> {
  const copy = [
    ...skopeo,
    "--override-arch",
    machine,
    "copy",
    "--quiet",
    image,
    `dir:${folder}/dir`,
  ];
  await succeed(copy);
  const { layers } = JSON.parse(Deno.readTextFileSync(`${folder}/dir/manifest.json`));
  await Deno.mkdir(`${folder}/root`);
  for (const { digest } of layers) {
    const layer = `${folder}/dir/${digest.replace("sha256:", "")}`;
    await succeed(["tar", "-xzf", layer, "-C", `${folder}/root`]);
  }
}

for (const [arch, machine] of [["x86_64", "amd64"], ["aarch64", "arm64"]] as const) {
  Deno.test(`image: skopeo finds the executable for ${machine}`, async () => {
    using folder = new TemporaryFolder();
    const inspect = [...skopeo, "--override-arch", machine, "inspect"];
    const { Architecture, Os, Labels } = JSON.parse(await succeed([...inspect, image]));
    assert.deepEqual([Architecture, Os], [machine, "linux"]);
    assert.equal(Labels["org.opencontainers.image.version"], version);
    const { config } = JSON.parse(await succeed([...inspect, "--config", image]));
    assert.deepEqual(config.Entrypoint, ["/tandem"]);

    await unpack(machine, folder.path);
    const program = `${folder.path}/root/tandem`;
    await assertSameFile(program, bareProgram(arch));
    assert.equal(Deno.statSync(program).mode! & 0o777, 0o755);
  });
}

Deno.test("image: both machines are in one index, and all blobs have their digests", async () => {
  using folder = new TemporaryFolder();
  // --all copies every instance, and checks the digest of each blob.
  await succeed([
    ...skopeo,
    "copy",
    "--quiet",
    "--all",
    image,
    `oci:${folder.path}/copy:${version}`,
  ]);
  const raw = JSON.parse(await succeed([...skopeo, "inspect", "--raw", image]));
  const platforms = raw.manifests.map(({ platform }: { platform: unknown }) => platform);
  assert.deepEqual(platforms, [
    { architecture: "amd64", os: "linux" },
    { architecture: "arm64", os: "linux" },
  ]);
});

for (const suite of ["bookworm", "trixie"] as const) {
  Deno.test(`image: copied into an image of Debian ${suite}, tandem demo answers`, async (t) => {
    const root = await prepareRoot(suite);
    if (root.kind === "ignored") {
      return void await t.step({ name: root.reason, ignore: true, fn: () => {} });
    }
    using folder = new TemporaryFolder();
    await unpack("amd64", folder.path);
    await demoAnswers([...inRoot(root.path, [folder.path]), `${folder.path}/root/tandem`]);
  });
}
