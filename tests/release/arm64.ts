/** The executable for arm64, as each package has it: the same bytes, and they run. */

import assert from "node:assert/strict";
import { demoAnswers } from "./demo.ts";
import {
  assertSameFile,
  bareProgram,
  debOf,
  npmPackageOf,
  releaseFolder,
  succeed,
  TemporaryFolder,
  version,
  wheelOf,
} from "./release_folder.ts";

const QEMU = "qemu-aarch64-static";

const unpacked: Record<string, { command: string[]; path: string }> = {
  "tar.gz": {
    command: ["tar", "-xzf", `${releaseFolder}/tandem-${version}-linux-aarch64.tar.gz`],
    path: `tandem-${version}-linux-aarch64/tandem`,
  },
  wheel: {
    command: ["/usr/bin/python3", "-m", "zipfile", "-e", wheelOf("aarch64"), "."],
    path: `tandem_serve-${version}.data/scripts/tandem`,
  },
  deb: { command: ["dpkg-deb", "-x", debOf("aarch64"), "."], path: "usr/bin/tandem" },
  npm: { command: ["tar", "-xzf", npmPackageOf("aarch64")], path: "package/bin/tandem" },
};

for (const [kind, { command, path }] of Object.entries(unpacked)) {
  Deno.test(`arm64: the executable of the ${kind} is the bare one`, async () => {
    using folder = new TemporaryFolder();
    await succeed(command, { cwd: folder.path });
    await assertSameFile(`${folder.path}/${path}`, bareProgram("aarch64"));
  });
}

Deno.test("arm64: tandem demo answers, emulated", async () => {
  const program = bareProgram("aarch64");
  const { platform } = JSON.parse(await succeed([QEMU, program, "version", "--json"]));
  assert.equal(platform, "linux-aarch64");
  await demoAnswers([QEMU, program]);
});
