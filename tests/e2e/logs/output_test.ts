/** The lines of tandem and its children arrive whole in a file, and as JSON. */

import assert from "node:assert/strict";
import { until } from "../../support/waiting.ts";
import { forEachLaunch } from "../../support/harness.ts";
import { ask } from "../../support/traffic/http_client.ts";
import { exists } from "../../support/image.ts";

const REQUESTS = 50;

forEachLaunch("a file opened without O_APPEND loses no line", async (harness) => {
  const image = harness.image();
  const file = `${image.folder}/output`;
  const launcher = await harness.start({
    image,
    // The shell's > opens the file without O_APPEND, as container engines do.
    prefix: ["sh", "-c", 'exec "$@" >"$0" 2>&1', file],
  });
  const text = () => exists(file) ? Deno.readTextFileSync(file) : "";
  await until(20_000, "the ready line", () => /^tandem: ready in/m.test(text()));
  for (let number = 1; number <= REQUESTS; number++) await ask(image.port, `/ping?n=${number}.`);
  launcher.signal("SIGHUP");
  await until(5000, "the reload line", () => /^tandem: reloading/m.test(text()));
  launcher.signal("SIGTERM");
  assert.equal((await launcher.exit(5000)).code, 0);

  const lines = text().split("\n");
  const isLine = /^(tandem: |\[\d{4}-\d\d-\d\d |127\.0\.0\.1 - - \[|\d{4}\/\d\d\/\d\d |$)/;
  assert.deepEqual(lines.filter((line) => !isLine.test(line)), [], "no line is split or mixed");
  for (const part of ["Starting gunicorn", "ready in", "reloading", "stopping: ", "stopped: "]) {
    assert.equal(lines.filter((line) => line.includes(part)).length, 1, part);
  }
  for (let number = 1; number <= REQUESTS; number++) {
    assert.equal(lines.filter((line) => line.includes(`/ping?n=${number}.`)).length, 1);
  }
});

forEachLaunch("--log-format json writes each of tandem's lines as an object", async (harness) => {
  const launcher = await harness.start({ args: ["--log-format", "json", "--log-level", "debug"] });
  await launcher.line(/"event":"ready"/);
  launcher.signal("SIGHUP");
  await launcher.line(/"event":"reloaded"/);
  launcher.signal("SIGTERM");
  await launcher.exit(5000);

  // gunicorn's lines come between them, in its own format.
  const own = launcher.stderr.lines.filter((line) => line.startsWith("{"));
  assert.deepEqual(launcher.stderr.lines.filter((line) => line.startsWith("tandem")), []);
  const records = own.map((line) => JSON.parse(line) as Record<string, unknown>);
  for (const { time, level, event, message } of records) {
    assert.equal(new Date(time as string).toISOString(), time);
    assert.match(level as string, /^(debug|info|warning|error)$/);
    assert.equal(typeof message, "string");
    assert.equal(typeof event, "string");
  }
  const events = records.map(({ event }) => event);
  for (const event of ["started", "ready", "reloaded", "stopping", "stopped"]) {
    assert.ok(events.includes(event), event);
  }
  assert.equal(records.find(({ event }) => event === "stopped")!.status, 0);
}, ["ordinary process"]);
