/** Signals other than stops: reload, reopen the logs, change the number of workers; the rest do nothing. */

import assert from "node:assert/strict";
import { pause, until } from "../../support/waiting.ts";
import { forEachLaunch } from "../../support/harness.ts";
import { ask } from "../../support/traffic/http_client.ts";
import { exists, type Image } from "../../support/image.ts";
import { SteadyLoad } from "../../support/traffic/steady_load.ts";
import { warmUp } from "../../support/traffic/warm_up.ts";

forEachLaunch("SIGHUP reloads a valid nginx.conf, and no request fails", async (harness) => {
  const launcher = await harness.start({ args: ["--workers", "2"] });
  await launcher.ready();
  await warmUp(launcher, 2);
  const { image } = launcher;
  const old = launcher.workers("gunicorn");
  const load = new SteadyLoad(image.port);
  await until(5000, "a steady load", () => load.answered > 100);

  image.writeConf({ locations: 'location = /version { return 200 "new"; }' });
  launcher.signal("SIGHUP");
  await until(5000, "the new conf", () => saysNew(image));
  await until(5000, "two fresh workers and no old one", () => {
    const now = launcher.workers("gunicorn");
    return now.length === 2 && !now.some((pid) => old.includes(pid));
  });
  const soFar = load.answered;
  await until(5000, "answers of the fresh workers", () => load.answered > soFar + 100);
  await load.stop();

  assert.deepEqual(load.failures, []);
  assert.ok(launcher.isRunning);
});

forEachLaunch("SIGHUP with an invalid nginx.conf changes nothing", async (harness) => {
  const launcher = await harness.start();
  await launcher.ready();
  await warmUp(launcher, 1);
  const { image } = launcher;
  const before = [...launcher.workers("nginx"), ...launcher.workers("gunicorn")];
  image.writeConf({ locations: "no_such_directive;" });
  launcher.signal("SIGHUP");
  const line = await launcher.line(/error: /);
  assert.match(line, /reload rejected.*unknown directive "no_such_directive"/);
  assert.equal((await ask(image.port, "/ping")).status, 200);
  assert.deepEqual([...launcher.workers("nginx"), ...launcher.workers("gunicorn")], before);

  // A later reload with a valid conf works.
  image.writeConf({ locations: 'location = /version { return 200 "new"; }' });
  launcher.signal("SIGHUP");
  await until(5000, "the fixed conf", () => saysNew(image));
});

async function saysNew({ port }: Image): Promise<boolean> {
  return (await ask(port, "/version")).body === "new";
}

forEachLaunch("SIGHUP during the import of the app does not disturb the start", async (harness) => {
  const launcher = await harness.start({ app: "slow_import.py", env: { IMPORT_SECONDS: "1" } });
  await launcher.line(/Booting worker/);
  launcher.signal("SIGHUP");
  await launcher.ready();
  assert.equal((await ask(launcher.image.port, "/ping")).status, 200);
});

forEachLaunch("SIGUSR1 makes nginx reopen its log files", async (harness) => {
  const launcher = await harness.start({ args: ["--no-log-links"] });
  await launcher.ready();
  const { image } = launcher;
  const log = `${image.log}/access.log`;
  Deno.renameSync(log, `${log}.old`);
  launcher.signal("SIGUSR1");
  await until(5000, "a fresh log file", () => exists(log));
  await until(5000, "a line in the fresh log file", async () => {
    await ask(image.port, "/ping?fresh");
    return Deno.readTextFileSync(log).includes("/ping?fresh");
  });
});

forEachLaunch("SIGTTIN and SIGTTOU change the number of workers by one", async (harness) => {
  const launcher = await harness.start();
  await launcher.ready();
  const workers = () => launcher.workers("gunicorn").length;
  assert.equal(workers(), 1);
  launcher.signal("SIGTTIN");
  await until(5000, "a second worker", () => workers() === 2);
  await warmUp(launcher, 2);
  launcher.signal("SIGTTOU");
  await until(5000, "one worker again", () => workers() === 1);
});

/** Signals that have no effect on tandem; most of them end a process by default. */
const IGNORED = [
  ...["SIGWINCH", "SIGPIPE", "SIGCHLD", "SIGURG", "SIGUSR2", "SIGALRM", "SIGVTALRM", "SIGPROF"],
  ...["SIGIO", "SIGPWR", "SIGSTKFLT", "SIGXCPU", "SIGXFSZ"],
] as Deno.Signal[];

forEachLaunch(`${IGNORED.length} other signals have no effect`, async (harness) => {
  const launcher = await harness.start();
  await launcher.ready();
  await warmUp(launcher, 1);
  const family = () => launcher.family().map(({ pid }) => pid);
  const before = family();
  const lines = launcher.stderr.lines.length;
  for (const signal of IGNORED) launcher.signal(signal);
  // There is no event to wait for; an effect would show within this time.
  await pause(500);
  assert.deepEqual(family(), before);
  assert.deepEqual(launcher.stderr.lines.slice(lines), []);
  assert.equal((await ask(launcher.image.port, "/ping")).status, 200);
});
