/** Real-time signals do not end tandem; systemd's halt signal is a stop where the runtime can hear it. */

import assert from "node:assert/strict";
import { forEachLaunch } from "../../support/harness.ts";
import type { Launcher } from "../../support/launcher.ts";
import { ask } from "../../support/traffic/http_client.ts";

const HALT = 37;

forEachLaunch("SIGRTMIN+3 is a stop in the slim edition, and else ignored", async (harness) => {
  const launcher = await harness.start();
  await launcher.ready();
  for (const number of [34, 35, 36, 38, 50, 64]) await send(launcher, number);
  assert.equal((await ask(launcher.image.port, "/ping")).status, 200);
  await send(launcher, HALT);
  if (!harness.edition.name.includes("slim")) {
    assert.equal((await ask(launcher.image.port, "/ping")).status, 200);
    return;
  }
  assert.equal((await launcher.exit(10_000)).code, 0);
  assert.ok(launcher.lines.some((line) => /stopping: SIGRTMIN\+3/.test(line)));
});

/** By number, because Deno has no names for these. */
async function send({ pid }: Launcher, number: number): Promise<void> {
  await new Deno.Command("sh", { args: ["-c", `kill -${number} ${pid}`] }).output();
}
