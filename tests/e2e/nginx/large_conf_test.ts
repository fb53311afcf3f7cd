/** A conf with megabytes of data costs tandem no memory to speak of, and does not keep it from its signals. */

import assert from "node:assert/strict";
import { forEachLaunch } from "../../support/harness.ts";
import type { Image } from "../../support/image.ts";
import { ask } from "../../support/traffic/http_client.ts";
import { until } from "../../support/waiting.ts";

const ENTRIES = 400_000;

/** About 8 MB of networks, which `nginx -T` prints. */
function writeGeo(image: Image): void {
  const entries = Array.from(
    { length: ENTRIES },
    (_, index) => `10.${index >> 16}.${(index >> 8) & 255}.${index & 255}/32 n${index % 1000};\n`,
  );
  Deno.writeTextFileSync(`${image.folder}/geo.conf`, entries.join(""));
  Deno.writeTextFileSync(
    image.nginxConf,
    Deno.readTextFileSync(image.nginxConf).replace(
      "http {",
      `http {\n  geo $network { default none; include ${image.folder}/geo.conf; }`,
    ),
  );
}

forEachLaunch("8 MB of geo data: tandem stays small and hears its signals", async (harness) => {
  const image = harness.image();
  writeGeo(image);
  const launcher = await harness.start({ image });
  await launcher.line(/ready in \d+ ms/, 60_000);
  assert.equal((await ask(image.port, "/ping")).status, 200);
  if (harness.edition.name === "tandem-slim") {
    assert.ok(peak(launcher.pid) < 8 * 1024, `peak of ${peak(launcher.pid)} kB`);
  }

  // nginx -T takes a moment. A signal that came meanwhile used to wait until all of the dump was read.
  launcher.signal("SIGHUP");
  const latencies: number[] = [];
  const heard = () => launcher.stderr.lines.filter((line) => /SIGUSR1: /.test(line)).length;
  const isReloaded = () => launcher.stderr.lines.some((line) => /tandem: reloading/.test(line));
  while (!isReloaded()) {
    const before = heard();
    const begin = performance.now();
    launcher.signal("SIGUSR1");
    await until(20_000, "an answer to SIGUSR1", () => heard() > before);
    latencies.push(performance.now() - begin);
  }
  // It takes milliseconds; the bound is for a busy machine, and far below the seconds that it took.
  assert.ok(Math.max(...latencies) < 1000, `${Math.max(...latencies)} ms`);
}, ["ordinary process"]);

forEachLaunch("8 MB of geo data: check reads past them", async (harness) => {
  const image = harness.image();
  writeGeo(image);
  const launcher = await harness.start({ image, command: ["check", ...image.flags] });
  assert.equal((await launcher.exit(60_000)).code, 0);
  await launcher.stdout.line(/^ok {2,}nginx -t/, 0);
}, ["ordinary process"]);

/** The largest resident size so far, in kB. */
function peak(pid: number): number {
  return Number(/^VmHWM:\s*(\d+)/m.exec(Deno.readTextFileSync(`/proc/${pid}/status`))![1]);
}
