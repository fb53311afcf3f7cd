/** tandem tells the init system when the pair is ready; the children cannot. */

import assert from "node:assert/strict";
import { pause, until } from "../../support/waiting.ts";
import { forEachLaunch } from "../../support/harness.ts";
import { exists } from "../../support/image.ts";
import type { Launcher } from "../../support/launcher.ts";
import { OutputLines } from "../../support/output_lines.ts";
import { fixtures } from "../../support/paths.ts";
import { ask } from "../../support/traffic/http_client.ts";
import { environmentOf } from "../../support/machine/process_table.ts";

const BUSY_MS = 30_000;

forEachLaunch(
  "systemd is told of the start, the ready pair and the stop, and the children are not asked to",
  async (harness) => {
    const image = harness.image({ app: "slow_import.py" });
    const path = `${image.folder}/notify`;
    await using systemd = listen(path);
    await systemd.datagrams.line(/listening/, BUSY_MS);
    const launcher = await harness.start({
      image,
      env: {
        ...{ NOTIFY_SOCKET: path, WATCHDOG_USEC: "600000000", INVOCATION_ID: "a" },
        IMPORT_SECONDS: "1",
      },
    });
    await launcher.line(/Booting worker/);
    await systemd.datagrams.line(/^STATUS=starting$/, BUSY_MS);
    assert.ok(!systemd.datagrams.lines.includes("READY=1"));
    await launcher.ready();
    await systemd.datagrams.line(/^STATUS=serving, ready in /, BUSY_MS);
    await systemd.datagrams.line(/^WATCHDOG=1$/, BUSY_MS);
    for (const pid of gunicornsOf(launcher)) {
      const variables = environmentOf(pid).map((variable) => variable.split("=")[0]);
      assert.ok(variables.includes("IMPORT_SECONDS"));
      assert.ok(!variables.includes("NOTIFY_SOCKET"));
      assert.ok(!variables.includes("WATCHDOG_USEC"));
    }
    launcher.signal("SIGTERM");
    await launcher.exit(BUSY_MS);
    await systemd.datagrams.line(/^STATUS=stopped/, BUSY_MS);
    const told = systemd.datagrams.lines.filter((line) => !/^STATUS=\w+: .*\d s/.test(line))
      .filter((line, index, lines) => line !== lines[index - 1]);
    const mainPid = harness.mode === "PID 1" ? 1 : launcher.pid;
    assert.deepEqual(told.map((line) => line.replace(/[\d.]+ m?s$/, "…")), [
      "listening",
      "STATUS=starting",
      "READY=1",
      `MAINPID=${mainPid}`,
      "STATUS=serving, ready in …",
      "WATCHDOG=1",
      "STOPPING=1",
      "STATUS=draining: SIGTERM",
      "EXTEND_TIMEOUT_USEC=15000000",
      "STATUS=stopped: SIGTERM",
    ]);
  },
);

forEachLaunch("systemd hears when a reload begins and ends, or is rejected", async (harness) => {
  const image = harness.image();
  const path = `${image.folder}/notify`;
  await using systemd = listen(path);
  const { datagrams } = systemd;
  await datagrams.line(/listening/, BUSY_MS);
  const launcher = await harness.start({ image, env: { NOTIFY_SOCKET: path } });
  await datagrams.line(/^STATUS=serving, ready/, BUSY_MS);
  assert.ok(!datagrams.lines.some((line) => line.startsWith("MAINPID")), "no unit's variable");

  const begin = microsecondsNow();
  const old = launcher.workers("gunicorn");
  launcher.signal("SIGHUP");
  await datagrams.line(/^STATUS=serving, reloaded in /, BUSY_MS);
  const fresh = launcher.workers("gunicorn");
  assert.ok(fresh.length > 0 && fresh.every((pid) => !old.includes(pid)), `${old} -> ${fresh}`);
  const text = datagrams.lines.find((line) => line.startsWith("MONOTONIC_USEC="));
  const said = Number(text?.split("=")[1]);
  assert.ok(begin <= said && said <= microsecondsNow(), `${begin} <= ${said}`);

  Deno.writeTextFileSync(image.nginxConf, "lsten 80;");
  launcher.signal("SIGHUP");
  await datagrams.line(/^STATUS=serving, reload rejected.*unknown directive "lsten"/, BUSY_MS);
  const states = datagrams.lines.filter((line) => /^(READY|RELOADING)=/.test(line));
  assert.deepEqual(states, ["READY=1", "RELOADING=1", "READY=1", "RELOADING=1", "READY=1"]);
});

forEachLaunch("systemd's watchdog hears nothing while a master is stopped", async (harness) => {
  const image = harness.image();
  const path = `@${image.folder}/abstract`;
  await using systemd = listen(path);
  const { datagrams } = systemd;
  await datagrams.line(/listening/, BUSY_MS);
  const env = { NOTIFY_SOCKET: path, WATCHDOG_USEC: "2000000" };
  const launcher = await harness.start({ image, env });
  const signs = () => datagrams.lines.filter((line) => line === "WATCHDOG=1").length;
  await until(BUSY_MS, "three signs of life", () => signs() >= 3);
  for (const name of ["nginx", "gunicorn"] as const) {
    const master = launcher.master(name);
    Deno.kill(master, "SIGSTOP");
    try {
      await launcher.line(new RegExp(`unhealthy: ${name} \\(pid .*is stopped`), BUSY_MS);
      const before = signs();
      await pause(1500);
      assert.equal(signs(), before);
      Deno.kill(master, "SIGCONT");
      await until(BUSY_MS, "another sign of life", () => signs() > before);
    } finally {
      Deno.kill(master, "SIGCONT");
    }
  }
});

forEachLaunch("a hung app is no sign of life", async (harness) => {
  const image = harness.image();
  const path = `${image.folder}/notify`;
  await using systemd = listen(path);
  const { datagrams } = systemd;
  await datagrams.line(/listening/, BUSY_MS);
  const env = { NOTIFY_SOCKET: path, WATCHDOG_USEC: "2000000" };
  const launcher = await harness.start({ image, env });
  await datagrams.line(/^WATCHDOG=1$/, BUSY_MS);
  const workers = launcher.workers("gunicorn");
  for (const pid of workers) Deno.kill(pid, "SIGSTOP");
  try {
    await launcher.line(/unhealthy: the ready path does not answer: systemd's/, BUSY_MS);
  } finally {
    for (const pid of workers) Deno.kill(pid, "SIGCONT");
  }
  await launcher.line(/healthy again/, BUSY_MS);
}, ["ordinary process"]);

forEachLaunch("the status of a long drain counts the connections", async (harness) => {
  const image = harness.image();
  const path = `${image.folder}/notify`;
  await using systemd = listen(path);
  const { datagrams } = systemd;
  await datagrams.line(/listening/, BUSY_MS);
  const launcher = await harness.start({ image, env: { NOTIFY_SOCKET: path } });
  await launcher.ready();
  const answered = `${image.folder}/answered`;
  const answer = ask(image.port, `/invocations?until=${answered}`);
  await until(BUSY_MS, "the request in the app", () => image.arrived().length === 1);
  launcher.signal("SIGTERM");
  const status = /^STATUS=draining: nginx has 1 connection, \d+ s of 25 s$/;
  await datagrams.line(status, BUSY_MS);
  Deno.writeTextFileSync(answered, "");
  assert.equal((await answer).status, 200);
  assert.equal((await launcher.exit(BUSY_MS)).code, 0);
}, ["ordinary process"]);

forEachLaunch(
  "--notification-fd gets one newline, and the children do not inherit it",
  async (harness) => {
    const image = harness.image({ app: "slow_import.py" });
    const errors = `${image.folder}/errors`;
    const launcher = await harness.start({
      image,
      env: { IMPORT_SECONDS: "1" },
      args: ["--notification-fd", "3", "--no-log-links"],
      // Descriptor 3 is the pipe that this test reads as stdout; stdout itself goes to /dev/null.
      prefix: ["sh", "-c", 'exec "$@" 3>&1 1>/dev/null 2>"$0"', errors],
    });
    const says = (text: string) => () =>
      exists(errors) && Deno.readTextFileSync(errors).includes(text);
    await until(5000, "a booting worker", says("Booting worker"));
    const pipe = Deno.readLinkSync(`/proc/${launcher.pid}/fd/3`);
    assert.deepEqual(launcher.stdout.lines, []);
    await until(5000, "the ready line", says("tandem: ready in"));
    await launcher.stdout.line(/^$/, 5000);
    assert.deepEqual(launcher.stdout.lines, [""]);
    for (const { pid } of launcher.family()) {
      const held = [...Deno.readDirSync(`/proc/${pid}/fd`)]
        .map(({ name }) => Deno.readLinkSync(`/proc/${pid}/fd/${name}`));
      assert.ok(!held.includes(pipe), "tandem has closed it, and no child has it");
    }
  },
);

forEachLaunch("READY=1 is sent again while systemd's queue is full", async (harness) => {
  const image = harness.image();
  const [path, emptied] = [`${image.folder}/notify`, `${image.folder}/emptied`];
  await using systemd = listen(path, emptied);
  await systemd.datagrams.line(/listening/, 5000);
  const launcher = await harness.start({ image, env: { NOTIFY_SOCKET: path } });
  await launcher.ready();
  Deno.writeTextFileSync(emptied, "");
  await systemd.datagrams.line(/^READY=1$/, BUSY_MS);
  await systemd.datagrams.line(/^STATUS=serving/, BUSY_MS);
}, ["ordinary process"]);

/** Of CLOCK_MONOTONIC. */
function microsecondsNow(): number {
  const code = "import time; print(time.clock_gettime_ns(time.CLOCK_MONOTONIC) // 1000)";
  const { stdout } = new Deno.Command("python3", { args: ["-c", code] }).outputSync();
  return Number(new TextDecoder().decode(stdout));
}

function gunicornsOf(launcher: Launcher): number[] {
  return [launcher.master("gunicorn"), ...launcher.workers("gunicorn")];
}

/** A datagram socket like systemd's, whose datagrams become lines. */
function listen(...args: string[]) {
  const process = new Deno.Command("python3", {
    args: [`${fixtures}/datagrams.py`, ...args],
    stdin: "null",
    stdout: "piped",
  }).spawn();
  const datagrams = new OutputLines(process.stdout);
  return {
    datagrams,
    async [Symbol.asyncDispose]() {
      process.kill("SIGKILL");
      await Promise.all([process.status, datagrams.closed]);
    },
  };
}
