/** A user who has only Python: the wheels. */

import assert from "node:assert/strict";
import { demoAnswers } from "./demo.ts";
import {
  assertSameFile,
  bareProgram,
  releaseFolder,
  runTool,
  succeed,
  TemporaryFolder,
  version,
  wheelOf,
  withoutNetwork,
} from "./release_folder.ts";

const FROM_HERE = ["--disable-pip-version-check", "--no-index", "--find-links", releaseFolder];

async function freshEnvironment(folder: string): Promise<string> {
  const environment = `${folder}/venv`;
  await succeed(["/usr/bin/python3", "-m", "venv", environment]);
  return environment;
}

Deno.test("wheel: pip installs it without a network, and tandem demo answers", async () => {
  using folder = new TemporaryFolder();
  const venv = await freshEnvironment(folder.path);
  const pip = [...withoutNetwork, `${venv}/bin/pip`];
  await succeed([...pip, "install", ...FROM_HERE, "tandem-serve"]);

  // Not a script of Python that starts it.
  await assertSameFile(`${venv}/bin/tandem`, bareProgram("x86_64"));
  assert.equal(Deno.statSync(`${venv}/bin/tandem`).mode! & 0o777, 0o755);
  const printed = await succeed([`${venv}/bin/tandem`, "--version"]);
  assert.match(printed, new RegExp(`^tandem ${version} \\(slim edition`));
  assert.equal(await succeed([`${venv}/bin/python`, "-m", "tandem_serve", "--version"]), printed);
  assert.ok(Deno.statSync(`${venv}/share/man/man1/tandem.1`).isFile);
  const show = await succeed([...pip, "show", "--files", "tandem-serve"]);
  assert.match(show, /tandem_serve-\S+\.dist-info\/sboms\/tandem\.cdx\.json/);
  await succeed([...pip, "check"]);
  await demoAnswers([`${venv}/bin/tandem`]);

  await succeed([...pip, "uninstall", "--yes", "tandem-serve"]);
  const remaining = await succeed(["find", venv, "-name", "*tandem*"]);
  assert.equal(remaining, "");
});

Deno.test("wheel: python -m finds the executable after pip install --target, and passes on its status", async () => {
  using folder = new TemporaryFolder();
  const venv = await freshEnvironment(folder.path);
  const target = `${folder.path}/target`;
  await succeed([`${venv}/bin/pip`, "install", ...FROM_HERE, "--target", target, "tandem-serve"]);
  const python = (...args: string[]) =>
    runTool(["/usr/bin/python3", "-m", "tandem_serve", ...args], { env: { PYTHONPATH: target } });

  assert.match((await python("--version")).stdout, new RegExp(`^tandem ${version} `));
  assert.equal((await python("no-such-command")).code, 64);
  Deno.removeSync(`${target}/bin/tandem`);
  const { code, stderr } = await python("--version");
  assert.equal(code, 1);
  assert.match(stderr, /FileNotFoundError: no executable 'tandem' in /);
});

Deno.test("wheel: pip takes that of the machine, on glibc and on musl", async () => {
  using folder = new TemporaryFolder();
  const venv = await freshEnvironment(folder.path);
  const download = [`${venv}/bin/pip`, "download", ...FROM_HERE, "--only-binary", ":all:"];
  for (const arch of ["x86_64", "aarch64"] as const) {
    for (const libc of ["manylinux_2_17", "manylinux2014", "musllinux_1_1"]) {
      const dest = `${folder.path}/${libc}-${arch}`;
      await succeed([...download, "--platform", `${libc}_${arch}`, "--dest", dest, "tandem-serve"]);

      const name = wheelOf(arch).slice(releaseFolder.length);
      assert.ok(Deno.statSync(dest + name).isFile);
    }
  }
});
