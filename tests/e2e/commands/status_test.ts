/** `status` describes the running pair from a second shell, and reports if none runs. */

import assert from "node:assert/strict";
import { until } from "../../support/waiting.ts";
import { baseEnvironment } from "../../support/environment.ts";
import { BOTH_MODES, forEachLaunch } from "../../support/harness.ts";
import { exists } from "../../support/image.ts";
import { ask } from "../../support/traffic/http_client.ts";
import { Launcher } from "../../support/launcher.ts";
import { isAlive, killByPid } from "../../support/machine/process_table.ts";
import { warmUp } from "../../support/traffic/warm_up.ts";
import { commandBeside, typed } from "../../support/terminal/second_shell.ts";

const NOBODY = 65534;

interface Row {
  role: string;
  rssBytes: number;
  pid: number;
  cpuMs: number;
}

forEachLaunch("status shows the phase, both process trees and the address", async (harness) => {
  const launcher = await harness.start({ args: ["--workers", "2"] });
  await launcher.ready();
  await warmUp(launcher, 2);

  const { code, stdout, stderr } = await typed(launcher, ["status"]);

  assert.equal(code, 0);
  assert.equal(stderr, "");
  assert.match(stdout, /^serving, ready: tandem \S+, pid \d+, up \d+(\.\d)? m?s\n/);
  assert.match(stdout, new RegExp(`ready path +http://127.0.0.1:${launcher.image.port}/ping\n`));
  assert.equal(stdout.match(/^ {4}gunicorn worker +\d+ /gm)?.length, 2, stdout);
  assert.match(stdout, /^ {2}nginx master +\d+ /m);
  assert.match(stdout, /ago {2}ready in \d+ ms/);
  // deno-lint-ignore no-control-regex -- the test searches for it
  assert.doesNotMatch(stdout, /\x1b/, "no colours without a terminal");
});

forEachLaunch("status --json lists every process of the pair", async (harness) => {
  const launcher = await harness.start({ args: ["--workers", "2"] });
  await launcher.ready();
  await warmUp(launcher, 2);

  const { code, stdout } = await typed(launcher, ["status", "--json"]);
  const status = JSON.parse(stdout);

  assert.equal(code, 0);
  assert.equal(status.running, true);
  assert.equal(status.ready, true);
  assert.equal(status.lateWorkers, 0);
  assert.equal(status.pid, harness.mode === "PID 1" ? 1 : launcher.pid);
  const rows: Row[] = status.processes;
  const hasGuardian = harness.edition.name !== "tandem" && harness.mode === "ordinary process";
  assert.deepEqual(rows.map(({ role }) => role).sort(), [
    ...(hasGuardian ? ["guardian"] : []),
    "gunicorn master",
    "gunicorn worker",
    "gunicorn worker",
    "nginx master",
    "nginx worker",
    "tandem",
  ]);
  assert.ok(rows.every(({ rssBytes }) => rssBytes > 1e5), JSON.stringify(rows));
  if (harness.mode === "ordinary process") {
    const family = launcher.family().map(({ pid }) => pid).sort();
    assert.deepEqual(rows.map(({ pid }) => pid).sort(), family);
  }
  const steps = ["start", "gunicornStarted", "appAnswered", "nginxStarted", "ready"];
  const times = steps.map((step) => status.timeline[step]);
  assert.deepEqual(times, [...times].sort((a, b) => a - b), "the steps are in order");
});

forEachLaunch("status shows what a long start waits for", async (harness) => {
  const launcher = await harness.start({
    app: "slow_import.py",
    env: { IMPORT_SECONDS: "2" },
    args: ["--start-timeout", "60"],
  });
  await launcher.line(/Booting worker/);

  const { code, stdout } = await typed(launcher, ["status"]);

  assert.equal(code, 0);
  assert.match(stdout, /^starting, not ready: /);
  assert.match(stdout, /waiting +starting: waiting for the app's first answer, \d s of 60 s\n/);
  await launcher.ready();
});

forEachLaunch("status shows what a drain waits for, and its cause", async (harness) => {
  const launcher = await harness.start();
  await launcher.ready();
  const { port } = launcher.image;
  const answers = [1, 2, 3].map(() => ask(port, "/invocations?until=seen"));
  // If an assertion fails first, the answers are not awaited: their rejections must not end the whole file.
  for (const answer of answers) answer.catch(() => {});
  await until(30_000, "three requests", () => launcher.image.arrived().length === 3);
  launcher.signal("SIGTERM");
  await launcher.line(/stopping: SIGTERM/);
  await until(5000, "the step of the drain in the state file", () => {
    return Deno.readTextFileSync(`${launcher.image.state}/state.json`).includes('"drainStep"');
  });

  const status = JSON.parse((await typed(launcher, ["status", "--json"])).stdout);
  const { stdout } = await typed(launcher, ["status", "--timeline"]);
  Deno.writeTextFileSync(`${launcher.image.program}/seen`, "");

  assert.equal(status.phase, "draining");
  assert.equal(status.ready, false);
  assert.equal(status.drainStep, "nginx");
  assert.equal(status.stopCause, "SIGTERM");
  assert.equal(status.connections, 3);
  assert.match(status.waiting, /^draining: nginx has 3 connections, \d s of 25 s$/);
  assert.match(stdout, /\nstop: SIGTERM\n {2}nginx finishes its requests +\|#+>\| /);
  for (const answer of answers) assert.equal((await answer).status, 200);
  await launcher.exit(30_000);
});

forEachLaunch("status counts replaced workers", async (harness) => {
  const launcher = await harness.start();
  await launcher.ready();
  await warmUp(launcher, 1);
  // A worker that starts less than 2 s after readiness counts as one of the start.
  await until(10_000, "a start that is over", async () => {
    const { uptimeMs, timeline } = JSON.parse(
      (await typed(launcher, ["status", "--json"])).stdout,
    );
    return uptimeMs > timeline.ready + 2100;
  });
  const [worker] = launcher.workers("gunicorn");
  killByPid(worker!, "SIGKILL");

  await until(5000, "a replaced worker", async () => {
    const { lateWorkers } = JSON.parse((await typed(launcher, ["status", "--json"])).stdout);
    return lateWorkers === 1;
  });
  const { stdout } = await typed(launcher, ["status"]);
  assert.match(stdout, /\nRestarts: 1 gunicorn worker younger than the start or last reload\.\n/);
});

forEachLaunch("status --watch prints once per second until it is interrupted", async (harness) => {
  const launcher = await harness.start();
  await launcher.ready();
  const watch = commandBeside(launcher, ["status", "--watch", "--json"]).spawn();
  let text = "";
  for await (const chunk of watch.stdout.pipeThrough(new TextDecoderStream())) {
    text += chunk;
    if (text.split("\n").length === 4) killByPid(watch.pid, "SIGINT");
  }

  assert.equal((await watch.status).code, 0);
  assert.equal(await new Response(watch.stderr).text(), "");
  const reports = text.trimEnd().split("\n").map((line) => JSON.parse(line));
  assert.ok(reports.every(({ phase }) => phase === "serving"));
  assert.ok(reports[2].uptimeMs - reports[0].uptimeMs > 1500, "one report per second");
}, ["ordinary process"]);

forEachLaunch("status --svg writes valid XML", async (harness) => {
  const launcher = await harness.start();
  await launcher.ready();
  const path = `${launcher.image.folder}/start.svg`;

  const { code, stdout } = await typed(launcher, ["status", "--svg", path]);
  assert.equal(code, 0);
  assert.equal(stdout, `wrote ${path}\n`);
  const script =
    "import sys, xml.dom.minidom as m; print(m.parse(sys.argv[1]).documentElement.tagName)";
  const parser = await new Deno.Command("python3", { args: ["-c", script, path] }).output();
  assert.equal(new TextDecoder().decode(parser.stdout), "svg\n");

  const both = await typed(launcher, ["status", "--timeline", "--svg", path]);
  const lines = both.stdout.trimEnd().split("\n");
  assert.match(lines[0]!, /^start of pid \d+: ready after /);
  assert.equal(lines.at(-1), `wrote ${path}`);
  assert.ok(lines.length > 4, both.stdout);

  const failed = await typed(launcher, ["status", "--svg", `${launcher.image.folder}/no/such.svg`]);
  assert.equal(failed.code, 1);
  assert.match(failed.stderr, /^tandem: cannot write .*: no such file or directory\n$/);
}, ["ordinary process"]);

forEachLaunch(
  "status shows another user's pair",
  async (harness) => {
    const launcher = await harness.start();
    await launcher.ready();

    const { code, stdout } = await typed(launcher, ["status"], { uid: NOBODY });

    assert.equal(code, 0);
    assert.match(stdout, /^serving, ready: /);
    assert.match(stdout, / gunicorn worker +\d+ /);
  },
  BOTH_MODES,
  { root: true },
);

forEachLaunch("status --watch exits silently when its reader closes the pipe", async (harness) => {
  const launcher = await harness.start();
  await launcher.ready();
  const script = '"$0" status --watch --state-dir "$1" | head -n 1';
  const { code, stdout, stderr } = await new Deno.Command("sh", {
    args: ["-c", script, launcher.edition.path, launcher.image.state],
    clearEnv: true,
    env: baseEnvironment(),
  }).output();

  assert.equal(code, 0);
  assert.match(new TextDecoder().decode(stdout), /^serving, ready: .*\n$/);
  assert.equal(new TextDecoder().decode(stderr), "");
}, ["ordinary process"]);

forEachLaunch("status, reload and stop report a dead or missing tandem", async (harness) => {
  const image = harness.image();
  {
    await using killed = await Launcher.start(harness.edition, harness.mode, image);
    await killed.ready();
    const { pid } = JSON.parse(Deno.readTextFileSync(`${image.state}/state.json`));
    const family = killed.family().map(({ pid }) => pid);
    for (const pid of [killed.pid, ...family]) killByPid(pid, "SIGKILL");
    await until(5000, "the exit of all processes", () => !family.some(isAlive));

    for (const command of ["status", "reload", "stop"]) {
      const { code, stdout, stderr } = await typed(killed, [command]);
      assert.equal(code, 1);
      assert.equal(stdout, "");
      assert.match(
        stderr,
        new RegExp(
          `^tandem: not running: ${image.state}/state.json is left from pid ${pid}, which has exited ` +
            `\\(serving, started \\S+\\); the next start replaces it\n$`,
        ),
      );
    }
    for (const text of ["", "{}", "[1]", '{"pid":1,"startTicks":2}', "\x00\xff"]) {
      Deno.writeTextFileSync(`${image.state}/state.json`, text);
      const { code, stderr } = await typed(killed, ["status"]);
      assert.equal(code, 1);
      assert.match(stderr, /^tandem: not running: \S+state\.json is not a state file .*: .+\n$/);
    }
    Deno.removeSync(`${image.state}/state.json`);
    const { code, stderr } = await typed(killed, ["status"]);
    assert.equal(code, 1);
    assert.match(
      stderr,
      /^tandem: not running: no state file in \S+; was it started with another.*\n$/,
    );
    const json = await typed(killed, ["status", "--json"]);
    assert.equal(json.code, 1);
    assert.equal(JSON.parse(json.stdout).running, false);
    Deno.removeSync(image.state, { recursive: true });
    // A gunicorn that the slim edition's guardian stopped has removed its socket.
    if (exists(image.socket)) Deno.removeSync(image.socket);
  }
}, ["ordinary process"]);
