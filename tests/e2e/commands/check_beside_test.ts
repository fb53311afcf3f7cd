/** `check` beside the pair that serves: its port and socket are its own, and the rest is checked. */

import assert from "node:assert/strict";
import { forEachLaunch } from "../../support/harness.ts";
import { reservePort } from "../../support/machine/ports.ts";
import { typed } from "../../support/terminal/second_shell.ts";
import { ask } from "../../support/traffic/http_client.ts";

forEachLaunch("check beside its own serving pair judges the rest", async (harness) => {
  const launcher = await harness.start();
  await launcher.ready();
  const { image } = launcher;
  const flags = [...image.flags, "--chdir", image.program];
  const check = (...args: string[]) => typed(launcher, ["check", ...flags, ...args]);

  const { code, stdout } = await check();
  assert.equal(code, 0, stdout);
  const pid = harness.mode === "PID 1" ? 1 : launcher.pid;
  const line = (pattern: RegExp) => assert.match(stdout, pattern);
  line(new RegExp(`^ok +instance +serving as pid ${pid}; port and socket are its own$`, "m"));
  line(new RegExp(`^ok +socket +${image.socket} is the socket of pid ${pid}$`, "m"));
  line(new RegExp(`^ok +listen ${image.port} +the nginx of pid ${pid} listens on `, "m"));
  line(/ 0 failed: tandem would serve/);

  using other = reservePort();
  const server = Deno.listen({ hostname: "0.0.0.0", port: other.number });
  try {
    image.writeConf({ port: other.number });
    const taken = await check("--quiet");
    assert.equal(taken.code, 78);
    assert.match(taken.stdout, new RegExp(`^failed +listen ${other.number} +.* is in use`, "m"));
    assert.doesNotMatch(taken.stdout, /^ok|^gunicorn /m);
  } finally {
    server.close();
  }
  image.writeConf();
  assert.equal((await ask(image.port, "/ping")).status, 200, "it still serves");
});

forEachLaunch("check --quiet prints only problems, and nothing without one", async (harness) => {
  const image = harness.image();
  const run = async (...args: string[]) => {
    const launcher = await harness.start({ image, command: ["check", ...image.flags, ...args] });
    const { code } = await launcher.exit(60_000);
    assert.equal(launcher.stderr.text, "");
    return { code, text: launcher.stdout.text };
  };
  const full = await run();
  assert.equal(full.code, 0);
  const problems = full.text.split("\n").filter((line) => /^(warning|failed) /.test(line));
  const squeezed = (text: string) => text.replace(/ +/g, " ");
  const quiet = await run("--quiet");
  assert.equal(squeezed(quiet.text), squeezed(problems.map((line) => `${line}\n`).join("")));
  const broken = await run("--quiet", "--gunicorn", "/nowhere/gunicorn");
  assert.equal(broken.code, 78);
  assert.match(broken.text, /^failed +gunicorn +\/nowhere\/gunicorn is missing/m);
}, ["ordinary process"]);
