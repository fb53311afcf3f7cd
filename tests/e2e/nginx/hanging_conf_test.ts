/** A conf that holds nginx up for ever: a stop during its test is obeyed at once, and the start is refused in the end. */

import assert from "node:assert/strict";
import { forEachLaunch, type Harness } from "../../support/harness.ts";
import type { Launcher } from "../../support/launcher.ts";
import { until } from "../../support/waiting.ts";

const PATIENCE_MS = 20_000;

/** nginx waits for a writer of the certificate, whose file is none that tandem reads. */
async function startHanging(harness: Harness): Promise<Launcher> {
  const image = harness.image();
  const certificate = `${image.program}/certificate.pem`;
  await new Deno.Command("mkfifo", { args: [certificate] }).output();
  image.writeConf({
    locations: `location = /x { proxy_ssl_certificate ${certificate};
      proxy_ssl_certificate_key ${certificate}; proxy_pass https://127.0.0.1:9; }`,
  });
  const launcher = await harness.start({ image });
  await until(
    PATIENCE_MS,
    "nginx's test of its conf",
    () => launcher.children().some(({ name }) => name === "nginx"),
  );
  return launcher;
}

forEachLaunch("a stop while nginx hangs in the test of its conf", async (harness) => {
  const launcher = await startHanging(harness);
  launcher.signal("SIGTERM");
  // Sooner than the bound of the test.
  assert.equal((await launcher.exit(30_000)).code, 0);
});

forEachLaunch("nginx hangs in the test of its conf: refused in the end", async (harness) => {
  const launcher = await startHanging(harness);
  assert.equal((await launcher.exit(120_000)).code, 78);
  const [error] = launcher.stderr.lines.filter((line) => line.startsWith("tandem: error: "));
  assert.match(
    error!,
    /nginx rejects its conf: no answer within 60 s: remove what nginx waits for/,
  );
}, ["ordinary process"]);
