/** tandem replaces nginx's log files with links to its own output, and keeps logs that hold data. */

import assert from "node:assert/strict";
import { forEachLaunch } from "../../support/harness.ts";
import { ask } from "../../support/traffic/http_client.ts";
import { listing } from "../../support/image.ts";

const NAMES = ["access.log", "error.log"];

forEachLaunch("the log files become links, and stay links after the run", async (harness) => {
  const launcher = await harness.start();
  await launcher.ready();
  const { log, port } = launcher.image;
  await ask(port, "/ping?from=client");
  await launcher.stdout.line(/GET \/ping\?from=client HTTP/, 5000);
  launcher.signal("SIGTERM");
  await launcher.exit(5000);
  assert.deepEqual(listing(log), NAMES);
  assert.equal(Deno.readLinkSync(`${log}/access.log`), "/dev/stdout");
  assert.equal(Deno.readLinkSync(`${log}/error.log`), "/dev/stderr");
});

forEachLaunch("correct links are not replaced", async (harness) => {
  const image = harness.image();
  Deno.symlinkSync("/dev/stdout", `${image.log}/access.log`);
  Deno.symlinkSync("/dev/stderr", `${image.log}/error.log`);
  const inodes = () => NAMES.map((name) => Deno.lstatSync(`${image.log}/${name}`).ino);
  const before = inodes();
  const launcher = await harness.start({ image });
  await launcher.ready();
  assert.deepEqual(inodes(), before);
}, ["ordinary process"]);

forEachLaunch(
  "a log that holds data is renamed to .1, a wrong link is replaced",
  async (harness) => {
    const image = harness.image();
    Deno.writeTextFileSync(`${image.log}/access.log`, "a line of an earlier run\n");
    Deno.symlinkSync("/nowhere", `${image.log}/error.log`);
    const launcher = await harness.start({ image });
    await launcher.ready();
    assert.deepEqual(listing(image.log), ["access.log", "access.log.1", "error.log"]);
    const kept = Deno.readTextFileSync(`${image.log}/access.log.1`);
    assert.equal(kept, "a line of an earlier run\n");
    assert.equal(Deno.readLinkSync(`${image.log}/error.log`), "/dev/stderr");
  },
  ["ordinary process"],
);

forEachLaunch("--no-log-links does not touch the log files", async (harness) => {
  const launcher = await harness.start({ args: ["--no-log-links"] });
  await launcher.ready();
  const { log } = launcher.image;
  const kinds = NAMES.map((name) => Deno.lstatSync(`${log}/${name}`).isFile);
  assert.deepEqual(kinds, [true, true]);
}, ["ordinary process"]);

forEachLaunch("a log folder that cannot be made only gives a warning", async (harness) => {
  const image = harness.image();
  image.writeConf({ logDir: image.folder });
  Deno.writeTextFileSync(`${image.log}/file`, "");
  const launcher = await harness.start({ image, args: ["--log-dir", `${image.log}/file/logs`] });
  await launcher.ready();
  const warnings = launcher.stderr.lines.filter((line) => line.startsWith("tandem: warning: "));
  assert.equal(warnings.length, NAMES.length);
  for (const [index, name] of NAMES.entries()) assert.match(warnings[index]!, new RegExp(name));
}, ["ordinary process"]);

forEachLaunch("link-logs makes the links, says so, and may be repeated", async (harness) => {
  const image = harness.image();
  Deno.writeTextFileSync(`${image.log}/access.log`, "a line of an earlier run\n");
  const run = async () => {
    const launcher = await harness.start({ image, command: ["link-logs", "--log-dir", image.log] });
    assert.equal((await launcher.exit(30_000)).code, 0);
    return launcher.stdout.lines;
  };
  const [access, error] = NAMES.map((name) => `${image.log}/${name}`);
  assert.deepEqual(await run(), [
    `${access} -> /dev/stdout: made, old log kept as a .1 file`,
    `${error} -> /dev/stderr: made`,
  ]);
  assert.equal(Deno.readLinkSync(access!), "/dev/stdout");
  assert.equal(Deno.readLinkSync(error!), "/dev/stderr");
  assert.deepEqual(await run(), [
    `${access} -> /dev/stdout: already right`,
    `${error} -> /dev/stderr: already right`,
  ]);
  assert.deepEqual(listing(image.log), ["access.log", "access.log.1", "error.log"]);
}, ["ordinary process"]);

forEachLaunch("link-logs says why it cannot make a link", async (harness) => {
  const image = harness.image();
  const folder = `${image.folder}/wsgi.py`;
  Deno.writeTextFileSync(folder, "");
  const command = ["link-logs", "--log-dir", `${folder}/logs`];
  const launcher = await harness.start({ image, command });
  assert.equal((await launcher.exit(30_000)).code, 78);
  assert.match(launcher.stderr.text, /^tandem: cannot link \S+\/access\.log to \/dev\/stdout: .+/);
  assert.equal(launcher.stdout.text, "");
}, ["ordinary process"]);
