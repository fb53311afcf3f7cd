/** A reload whose app or settings gunicorn could not load is refused, and the old pair serves on. */

import assert from "node:assert/strict";
import { forEachLaunch, type Harness } from "../../support/harness.ts";
import type { Launcher } from "../../support/launcher.ts";
import { typed } from "../../support/terminal/second_shell.ts";
import { ask } from "../../support/traffic/http_client.ts";
import { warmUp } from "../../support/traffic/warm_up.ts";
import { until } from "../../support/waiting.ts";

const REJECTED = /error: reload rejected, still on the old configuration: /;

const broken: [what: string, name: string, text: string, complaint: RegExp][] = [
  [
    "an app that does not compile",
    "wsgi.py",
    "def app(\n",
    /cannot import wsgi: .*wsgi\.py:1: fix/,
  ],
  ["a gunicorn.conf.py that fails", "gunicorn.conf.py", "workers = n\n", /name 'n' is not defined/],
  ["a gunicorn.conf.py whose import fails", "gunicorn.conf.py", "import no_such\n", /no_such/],
];

for (const [what, name, text, complaint] of broken) {
  forEachLaunch(`SIGHUP with ${what} is refused`, async (harness) => {
    const launcher = await serve(harness);
    const { image } = launcher;
    const before = workers(launcher);
    const path = `${image.program}/${name}`;
    const old = name === "wsgi.py" ? Deno.readTextFileSync(path) : "";

    Deno.writeTextFileSync(path, text);
    launcher.signal("SIGHUP");

    assert.match(await launcher.line(REJECTED), complaint);
    assert.equal((await ask(image.port, "/ping")).status, 200);
    assert.deepEqual(workers(launcher), before);

    // What was refused does not stand in the way of what is sound.
    Deno.writeTextFileSync(path, old);
    launcher.signal("SIGHUP");
    await until(20_000, "a fresh worker", () => isFresh(launcher, before));
  }, ["ordinary process"]);
}

const failing = "import no_such_module_of_the_tests\n";

forEachLaunch("tandem reload --import-app refuses an app whose import fails", async (harness) => {
  const launcher = await serve(harness);
  const { image } = launcher;
  const before = workers(launcher);
  const path = `${image.program}/wsgi.py`;
  const old = Deno.readTextFileSync(path);

  Deno.writeTextFileSync(path, failing);
  const refused = await typed(launcher, ["reload", "--import-app"]);
  assert.equal(refused.code, 1);
  assert.match(refused.stderr, /reload rejected, .*No module named 'no_such_module_of_the_tests'/);
  assert.deepEqual(workers(launcher), before);

  Deno.writeTextFileSync(path, old);
  assert.equal((await typed(launcher, ["reload", "--import-app"])).code, 0);
  assert.ok(isFresh(launcher, before));
}, ["ordinary process"]);

forEachLaunch("with --reload-import-app, SIGHUP imports the app first", async (harness) => {
  const launcher = await serve(harness, "--reload-import-app");
  const { image } = launcher;
  const before = workers(launcher);
  Deno.writeTextFileSync(`${image.program}/wsgi.py`, failing);
  launcher.signal("SIGHUP");
  assert.match(await launcher.line(REJECTED), /No module named 'no_such_module_of_the_tests'/);
  assert.equal((await ask(image.port, "/ping")).status, 200);
  assert.deepEqual(workers(launcher), before);
}, ["ordinary process"]);

forEachLaunch("a stop does not wait for the check of a reload", async (harness) => {
  const launcher = await serve(harness);
  const { image } = launcher;
  Deno.writeTextFileSync(
    `${image.program}/gunicorn.conf.py`,
    "import time\nopen('is_read', 'w').close()\ntime.sleep(60)\n",
  );
  launcher.signal("SIGHUP");
  await until(20_000, "a conf file that hangs", () => hasFile(`${image.program}/is_read`));
  assert.equal((await ask(image.port, "/ping")).status, 200);
  const begin = Date.now();
  launcher.signal("SIGTERM");
  assert.equal((await launcher.exit(30_000)).code, 0);
  assert.ok(Date.now() - begin < 9000, "the check's own time limit was not waited for");
}, ["ordinary process"]);

async function serve(harness: Harness, ...args: string[]): Promise<Launcher> {
  const launcher = await harness.start({ args });
  await launcher.ready();
  await warmUp(launcher, 1);
  return launcher;
}

function workers(launcher: Launcher): number[] {
  return [...launcher.workers("nginx"), ...launcher.workers("gunicorn")];
}

function isFresh(launcher: Launcher, before: number[]): boolean {
  return launcher.workers("gunicorn").some((pid) => !before.includes(pid));
}

function hasFile(path: string): boolean {
  try {
    return Deno.statSync(path).isFile;
  } catch {
    return false;
  }
}
