/** `reload` and `stop` wait until the pair has reloaded or exited, and print the result. */

import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { until } from "../../support/waiting.ts";
import { BOTH_MODES, forEachLaunch } from "../../support/harness.ts";
import { ask } from "../../support/traffic/http_client.ts";
import { isAlive, killByPid } from "../../support/machine/process_table.ts";
import { warmUp } from "../../support/traffic/warm_up.ts";
import { typed } from "../../support/terminal/second_shell.ts";

const NOBODY = 65534;

forEachLaunch("reload waits for the new nginx.conf and for fresh workers", async (harness) => {
  const launcher = await harness.start({ args: ["--workers", "2"] });
  await launcher.ready();
  await warmUp(launcher, 2);
  const old = [...launcher.workers("nginx"), ...launcher.workers("gunicorn")];
  launcher.image.writeConf({ locations: 'location = /version { return 200 "new"; }' });

  const { code, stdout, stderr } = await typed(launcher, ["reload"]);

  assert.equal(stderr, "");
  assert.equal(code, 0);
  assert.match(stdout, /^reloaded in .+: new nginx\.conf, 2 fresh gunicorn workers\n$/);
  assert.equal((await ask(launcher.image.port, "/version")).body, "new");
  assert.deepEqual(old.filter(isAlive), [], "no old worker is left");
  const { reloads } = JSON.parse((await typed(launcher, ["status", "--json"])).stdout);
  assert.equal(reloads.done, 1);
});

forEachLaunch("reload does not wait for long requests", async (harness) => {
  const launcher = await harness.start();
  await launcher.ready();
  await warmUp(launcher, 1);
  const before = launcher.image.arrived().length;
  const slow = ask(launcher.image.port, "/invocations?sleep=5");
  await until(5000, "a slow request", () => launcher.image.arrived().length > before);

  const { code, stdout } = await typed(launcher, ["reload"]);

  assert.equal(code, 0);
  assert.match(
    stdout,
    /: new nginx\.conf, 1 fresh gunicorn worker; 1 old worker still finishing requests\n$/,
  );
  assert.equal((await slow).status, 200);
}, ["ordinary process"]);

forEachLaunch("a reload that nginx rejects prints why, and changes nothing", async (harness) => {
  const launcher = await harness.start();
  await launcher.ready();
  await warmUp(launcher, 1);
  const before = [...launcher.workers("nginx"), ...launcher.workers("gunicorn")];
  launcher.image.writeConf({ locations: "no_such_directive;" });

  const { code, stdout, stderr } = await typed(launcher, ["reload"]);

  assert.equal(code, 1);
  assert.equal(stdout, "");
  assert.match(
    stderr,
    /^tandem: reload rejected, still on the old configuration: unknown directive "no_such_directive".*\n$/,
  );
  assert.deepEqual([...launcher.workers("nginx"), ...launcher.workers("gunicorn")], before);
  const { stdout: status } = await typed(launcher, ["status"]);
  assert.match(status, /reloads +0 done, 1 refused, the last .* ago\n/);
});

forEachLaunch(
  "a reload to an app that cannot be imported reports that the pair ended",
  async (harness) => {
    const launcher = await harness.start();
    await launcher.ready();
    await warmUp(launcher, 1);
    Deno.writeTextFileSync(`${launcher.image.program}/wsgi.py`, "import no_such_module\n");

    const { code, stderr } = await typed(launcher, ["reload"]);

    assert.equal(code, 1);
    assert.match(
      stderr,
      /^tandem: reloaded, but then pid \d+ (has exited|is (draining|stopped): gunicorn .*)\n$/,
    );
    assert.notEqual((await launcher.exit(10_000)).code, 0);
  },
  ["ordinary process"],
);

forEachLaunch("reload is refused while the pair is starting", async (harness) => {
  const launcher = await harness.start({ app: "slow_import.py", env: { IMPORT_SECONDS: "2" } });
  await launcher.line(/Booting worker/);

  const starting = await typed(launcher, ["reload"]);
  assert.equal(starting.code, 1);
  assert.match(
    starting.stderr,
    /^tandem: not reloaded: pid \d+ is starting, and can only reload while serving\n$/,
  );
  await launcher.ready();
}, ["ordinary process"]);

forEachLaunch("stop waits until tandem has answered its requests and exited", async (harness) => {
  const launcher = await harness.start();
  await launcher.ready();
  const answer = ask(launcher.image.port, "/invocations?sleep=1");
  await until(5000, "a request", () => launcher.image.arrived().length === 1);

  const { code, stdout, stderr } = await typed(launcher, ["stop"]);

  assert.equal((await answer).status, 200);
  if (harness.mode === "PID 1") {
    // The kernel kills the whole namespace when PID 1 exits, including this command.
    assert.match(stderr, /^tandem: sent SIGTERM to pid 1; the container stops with it/);
  } else {
    assert.equal(code, 0);
    assert.match(stdout, /^stopped in \d\.\d s \(pid \d+\)\n$/);
    assert.equal(isAlive(launcher.pid), false);
  }
  assert.equal((await launcher.exit(2000)).code, 0);
  const again = await typed(launcher, ["stop"]).catch(() => undefined);
  if (harness.mode === "ordinary process") {
    assert.equal(again?.code, 1);
    assert.match(again.stderr, /^tandem: not running: no state file in /);
  }
});

forEachLaunch(
  "stop gives up after --timeout; a second stop does not skip the drain delay",
  async (harness) => {
    const launcher = await harness.start({ args: ["--drain-delay", "3"] });
    await launcher.ready();

    const early = await typed(launcher, ["stop", "--timeout", "1"]);
    assert.equal(early.code, 1);
    assert.match(early.stderr, /^tandem: pid \d+ has not exited after 1\.0 s\n$/);
    assert.equal((await ask(launcher.image.port, "/ping")).status, 200, "the delay is not over");

    const late = await typed(launcher, ["stop"]);
    assert.equal(late.code, 0);
    assert.equal((await launcher.exit(2000)).code, 0);
  },
  ["ordinary process"],
);

forEachLaunch("stop works while the pair is starting", async (harness) => {
  const launcher = await harness.start({ app: "slow_import.py", env: { IMPORT_SECONDS: "3" } });
  await launcher.line(/Booting worker/);

  assert.equal((await typed(launcher, ["stop"])).code, 0);
  assert.equal((await launcher.exit(2000)).code, 0);
}, ["ordinary process"]);

forEachLaunch(
  "reload and stop of another user's pair are refused in one line",
  async (harness) => {
    const launcher = await harness.start();
    await launcher.ready();

    for (const command of ["reload", "stop"]) {
      const { code, stderr } = await typed(launcher, [command], { uid: NOBODY });
      assert.equal(code, 1);
      assert.match(
        stderr,
        new RegExp(`^tandem: not permitted to ${command} pid \\d+: it belongs to another user\n$`),
      );
    }
    assert.ok(launcher.isRunning);
  },
  BOTH_MODES,
  { root: true },
);

forEachLaunch("reload and stop send no signal to a process with a reused pid", async (harness) => {
  const launcher = await harness.start();
  await launcher.ready();
  const { state, folder } = launcher.image;
  const recorded = JSON.parse(Deno.readTextFileSync(`${state}/state.json`));
  const forged = `${folder}/forged`;
  Deno.mkdirSync(forged);
  await using bystander = new Deno.Command("sleep", { args: ["60"] }).spawn();
  try {
    const text = JSON.stringify({ ...recorded, pid: bystander.pid });
    Deno.writeTextFileSync(`${forged}/state.json`, text);
    for (const command of ["reload", "stop"]) {
      const args = [command, "--state-dir", forged];
      const { code, stderr } = await typed(launcher, args, { bare: true });
      assert.equal(code, 1);
      assert.match(stderr, /^tandem: not running: .* is left from pid \d+, which has exited/);
    }
    assert.ok(isAlive(bystander.pid));
  } finally {
    killByPid(bystander.pid, "SIGKILL");
  }
}, ["ordinary process"]);

forEachLaunch(
  "stop refuses a state file that names another user's process",
  async (harness) => {
    const launcher = await harness.start();
    await launcher.ready();
    const { state, folder } = launcher.image;
    const forged = `${folder}/forged`;
    Deno.mkdirSync(forged);
    Deno.copyFileSync(`${state}/state.json`, `${forged}/state.json`);
    Deno.chownSync(`${forged}/state.json`, NOBODY, NOBODY);
    using lock = Deno.openSync(`${forged}/tandem.lock`, { write: true, createNew: true });
    lock.lockSync(true);

    const { code, stderr } = await typed(launcher, ["stop", "--state-dir", forged], { bare: true });

    assert.equal(code, 1);
    assert.match(
      stderr,
      /^tandem: not running: .*: pid \d+ belongs to another user than the file\n$/,
    );
    assert.ok(launcher.isRunning);
  },
  ["ordinary process"],
  { root: true },
);

forEachLaunch(
  "a stop during a reload's check gives no warning and no rejection",
  async (harness) => {
    const launcher = await harness.start();
    await launcher.ready();
    const { folder, program } = launcher.image;
    Deno.writeTextFileSync(
      `${program}/gunicorn.conf.py`,
      `import time\nopen("${folder}/checking", "w").close()\ntime.sleep(60)\n`,
    );
    launcher.signal("SIGHUP");
    await until(30_000, "the check of gunicorn's settings", () => {
      return existsSync(`${folder}/checking`);
    });

    launcher.signal("SIGTERM");

    assert.equal((await launcher.exit(30_000)).code, 0);
    const output = launcher.lines.join("\n");
    assert.match(output, /stopped: SIGTERM/);
    assert.doesNotMatch(output, /warning|error|rejected/);
  },
  ["ordinary process"],
);
