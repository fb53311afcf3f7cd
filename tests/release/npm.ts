/** A user who has only npm. */

import assert from "node:assert/strict";
import { titled } from "../support/machine/needs.ts";
import { demoAnswers } from "./demo.ts";
import {
  artefact,
  npmPackageOf,
  runTool,
  succeed,
  TemporaryFolder,
  version,
  withoutNetwork,
} from "./release_folder.ts";

const main = artefact(`tandem-serve-${version}.tgz`);

/** Node.js may be here without npm. */
function forNpm(promise: string, test: () => Promise<void>): void {
  Deno.test({ ...titled(promise, { tools: ["npm"] }), fn: test });
}

/** Installs tarballs into an empty folder. @returns the path of the command */
async function install(folder: string, packages: readonly string[]): Promise<string> {
  const flags = ["--offline", "--no-audit", "--no-fund", "--cache", `${folder}/cache`];
  await succeed([...withoutNetwork, "npm", "install", ...flags, ...packages], {
    cwd: folder,
    env: { HOME: folder },
  });
  return `${folder}/node_modules/.bin/tandem`;
}

forNpm("npm: installs without a network, and tandem demo answers", async () => {
  using folder = new TemporaryFolder();
  const tandem = await install(folder.path, [main, npmPackageOf("x86_64")]);

  assert.match(await succeed([tandem, "--version"]), new RegExp(`^tandem ${version} \\(slim`));
  assert.equal((await runTool([tandem, "no-such-command"])).code, 64);
  await demoAnswers([tandem]);
});

forNpm("npm: installs globally, with the man page", async () => {
  using folder = new TemporaryFolder();
  await install(folder.path, [
    "--global",
    "--prefix",
    `${folder.path}/usr`,
    main,
    npmPackageOf("x86_64"),
  ]);

  const printed = await succeed([`${folder.path}/usr/bin/tandem`, "--version"]);
  assert.match(printed, new RegExp(`^tandem ${version} `));
  assert.ok(Deno.statSync(`${folder.path}/usr/share/man/man1/tandem.1`).isFile);
});

forNpm("npm: without the package of this machine, tandem says which is missing", async () => {
  using folder = new TemporaryFolder();
  const tandem = await install(folder.path, [main]);

  const { code, stderr } = await runTool([tandem, "--version"]);
  assert.equal(code, 69);
  assert.match(stderr, /^tandem: the package @tandem-serve\/linux-x64 is missing: /);
});

forNpm("npm: the package of another machine is refused", async () => {
  using folder = new TemporaryFolder();
  await assert.rejects(install(folder.path, [npmPackageOf("aarch64")]), /EBADPLATFORM/);
});
