/** A unix socket that nginx listens on: a dead one is replaced, a live one refuses the start. */

import assert from "node:assert/strict";
import { forEachLaunch, type Harness } from "../../support/harness.ts";
import { exists, type Image } from "../../support/image.ts";
import { Launcher } from "../../support/launcher.ts";
import { killByPid } from "../../support/machine/process_table.ts";
import { leaveSocket, listenWithFullBacklog } from "../../support/machine/unix_sockets.ts";

/** @returns the image, and the path of nginx's socket in it */
function imageWithSocket(harness: Harness): [Image, string] {
  const image = harness.image();
  const path = `${image.folder}/nginx.sock`;
  image.writeConf({ locations: `listen unix:${path};` });
  return [image, path];
}

forEachLaunch("a killed nginx's unix socket is no obstacle to the next start", async (harness) => {
  const [image, path] = imageWithSocket(harness);
  {
    await using first = await Launcher.start(harness.edition, harness.mode, image);
    await first.ready();
    killByPid(first.master("nginx"), "SIGKILL");
    assert.equal((await first.exit(10_000)).code, 137);
  }
  assert.ok(exists(path), "a stale socket");
  assert.match(
    await check(harness, image),
    /ok +listen unix:\S+ .* is stale, left by an earlier run/,
  );
  assert.ok(exists(path), "check removes nothing");

  const second = await harness.start({ image });
  await second.line(/removed \S+nginx\.sock, a socket that an earlier run left/);
  await second.ready();
  (await Deno.connect({ transport: "unix", path })).close();
});

forEachLaunch("a unix socket that somebody listens on refuses the start", async (harness) => {
  const [image, path] = imageWithSocket(harness);
  await using _other = await listenWithFullBacklog(path);
  const inUse = /nginx\.sock is in use \(.+\): stop that process, or change the listen line/;
  assert.match(await check(harness, image), /failed +listen unix:\S+ .*nginx\.sock is in use/);
  const launcher = await harness.start({ image });
  assert.equal((await launcher.exit(10_000)).code, 78);
  await launcher.stderr.line(inUse, 0);
  assert.ok(exists(path));
});

forEachLaunch("a file in place of nginx's unix socket refuses the start", async (harness) => {
  const [image, path] = imageWithSocket(harness);
  Deno.writeTextFileSync(path, "precious");
  const launcher = await harness.start({ image });
  assert.equal((await launcher.exit(10_000)).code, 78);
  await launcher.stderr.line(/nginx\.sock exists and is not a socket, so nginx cannot/, 0);
  assert.equal(Deno.readTextFileSync(path), "precious");
});

forEachLaunch("a stopped nginx leaves no unix socket", async (harness) => {
  const [image, path] = imageWithSocket(harness);
  await leaveSocket(path);
  const launcher = await harness.start({ image });
  await launcher.ready();
  launcher.signal("SIGTERM");
  assert.equal((await launcher.exit(10_000)).code, 0);
  assert.equal(exists(path), false);
});

async function check({ edition }: Harness, image: Image): Promise<string> {
  const command = new Deno.Command(edition.path, {
    args: ["check", ...image.flags],
    cwd: image.program,
  });
  return new TextDecoder().decode((await command.output()).stdout);
}
