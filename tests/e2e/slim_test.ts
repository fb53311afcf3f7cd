/** What only the slim edition promises: it is small, static and idle, and its children stop if it is killed. */

import assert from "node:assert/strict";
import { pause, SCHEDULING_MS, until } from "../support/waiting.ts";
import { baseEnvironment } from "../support/environment.ts";
import { exists } from "../support/image.ts";
import { repository } from "../support/paths.ts";
import { onHarness } from "../support/harness.ts";
import { type Needs, titled } from "../support/machine/needs.ts";
import { editions } from "../support/editions.ts";
import { typed } from "../support/terminal/second_shell.ts";
import type { Launcher } from "../support/launcher.ts";
import { ask } from "../support/traffic/http_client.ts";
import { warmUp } from "../support/traffic/warm_up.ts";

// The sanitized build is neither small nor static, and an emulator's memory is not tandem's.
const slim = editions.find(({ name }) => name === "tandem-slim");

function test(
  promise: string,
  run: (path: string) => void | Promise<void>,
  needs: Needs = {},
): void {
  const { name, ignore } = titled(`slim: ${promise}`, needs);
  Deno.test({ name, ignore: ignore || !slim, fn: () => run(slim!.path) });
}

test("the executable has at most 1.15 MB", (path) => {
  assert.ok(Deno.statSync(path).size <= 1_150_000);
});

// Deno itself panics there.
test("a current directory that was removed is refused with 64", async (path) => {
  const folder = Deno.makeTempDirSync({ prefix: "tandem-e2e-" });
  const script = 'cd "$1" && rmdir "$1" && exec "$2" serve';
  const { code, stderr } = await new Deno.Command("/bin/sh", {
    args: ["-c", script, "sh", folder, path],
    clearEnv: true,
    env: baseEnvironment(),
  }).output();
  assert.equal(code, 64);
  assert.match(new TextDecoder().decode(stderr), /^tandem: the current directory cannot be found/);
});

test("the executable runs in a root folder without any other file", async (path) => {
  const root = Deno.makeTempDirSync({ prefix: "tandem-e2e-" });
  try {
    Deno.copyFileSync(path, `${root}/tandem`);
    for (const command of ["--version", "--help", "config"]) {
      const args = [root, "/tandem", command];
      const run = new Deno.Command("chroot", { args, clearEnv: true, env: baseEnvironment() });
      const { code, stdout } = await run.output();
      assert.equal(code, 0, command);
      assert.ok(stdout.length > 0, command);
    }
  } finally {
    Deno.removeSync(root, { recursive: true });
  }
}, { root: true });

test("whatever the limit on its memory, it runs or says that it is too little", async (path) => {
  const kilobyte = 1024;
  // With less the kernel cannot load it.
  const least = Deno.statSync(path).size + 512 * kilobyte;
  const codes: number[] = [];
  for (let limit = least; codes.at(-1) !== 0; limit += 16 * kilobyte) {
    const args = [`--as=${limit}`, path, "--version"];
    const run = new Deno.Command("prlimit", { args, clearEnv: true, env: baseEnvironment() });
    const { code, stdout, stderr } = await run.output();
    const said = new TextDecoder().decode(stderr);
    if (code === 0) assert.match(new TextDecoder().decode(stdout), /^tandem \d/);
    else assert.equal(said, "tandem: out of memory: check ulimit -v\n");
    codes.push(code);
    assert.ok(limit < least + 16_000 * kilobyte, "it runs in 16 MB");
  }
  assert.ok(codes.length > 5, "the limits are around its need");
  assert.deepEqual([...new Set(codes)], [71, 0]);
}, { tools: ["prlimit"] });

test("no executable that is shipped can be told to fail allocations", () => {
  const contain = (path: string) =>
    new TextDecoder("latin1").decode(Deno.readFileSync(path)).includes("FAILING_ALLOCATION");
  for (const { path } of editions) assert.equal(contain(path), false, path);
  const sanitized = `${repository}/dist/tandem-slim-asan`;
  if (exists(sanitized)) assert.equal(contain(sanitized), true);
});

test("serves in 2.1 MiB, 1.4 of them anonymous, and sleeps while nothing happens", async () => {
  await onHarness(slim!, "ordinary process", async (harness) => {
    const launcher = await harness.start();
    await launcher.ready();
    const { state } = launcher.image;
    const isAsleep = () =>
      /^State:\s*S/m.test(Deno.readTextFileSync(`/proc/${launcher.pid}/status`));
    const hasWritten = () => Deno.readTextFileSync(`${state}/state.json`).includes('"ready in');
    let [count, since] = [0, 0];
    const sleptFor = () => {
      const now = wakeUps(launcher.pid);
      if (now !== count) [count, since] = [now, performance.now()];
      return performance.now() - since;
    };
    await until(
      10_000,
      "sleep after the last write to the state file and the last change to its memory",
      () => hasWritten() && isAsleep() && sleptFor() > 1500,
    );
    // The kernel's kB are 1,024 bytes.
    const memory = (name: string) => field(launcher.pid, name);
    assert.ok(memory("VmRSS") <= 2.1 * 1024, `RSS ${memory("VmRSS")} kB`);
    assert.ok(memory("RssAnon") <= 1.4 * 1024, `anonymous ${memory("RssAnon")} kB`);

    // Only so large a mapping can get a huge page, which counts in full once one byte is used.
    const smaps = Deno.readTextFileSync(`/proc/${launcher.pid}/smaps`).split(/^(?=[0-9a-f]+-)/m);
    const large = smaps.filter((mapping) => Number(/^Size: +(\d+) kB/m.exec(mapping)?.[1]) >= 2048);
    assert.ok(large.length > 0);
    for (const mapping of large) assert.match(mapping, /^VmFlags:.* nh\b/m, mapping);

    const before = wakeUps(launcher.pid);
    await pause(3000);
    assert.equal(wakeUps(launcher.pid), before);
  });
});

test("killed as an ordinary process it takes both children along, requests answered", async () => {
  await onHarness(slim!, "ordinary process", async (harness) => {
    const launcher = await harness.start({ args: ["--workers", "2"] });
    await launcher.ready();
    // A worker that is just starting can lose its SIGTERM, and a killed tandem cannot send it again.
    await warmUp(launcher, 2);
    const { image } = launcher;
    const warm = image.arrived().length;
    const answers = Array.from({ length: 16 }, () => ask(image.port, "/invocations?sleep=0.5"));
    await until(5000, "all requests with the app", () => image.arrived().length >= 16 + warm);

    launcher.signal("SIGKILL");
    await until(SCHEDULING_MS, "the end of both children", () => launcher.family().length === 0);
    for (const answer of await Promise.all(answers)) assert.equal(answer.status, 200);
    // A killed tandem cannot remove its state files and locks.
    Deno.removeSync(image.state, { recursive: true });
    Deno.removeSync(`${image.socket}.lock`);
    await launcher.exit(1000);
  });
});

test("killed it takes along children that changed their user, requests answered", async () => {
  await onHarness(slim!, "ordinary process", async (harness) => {
    const image = harness.image();
    const wrap = (name: string) => {
      const path = `${image.folder}/${name}`;
      // A change of the group clears the parent-death signal, as gosu, su-exec and file capabilities do.
      const script = `#!/bin/sh\nexec setpriv --regid 65534 --clear-groups ${name} "$@"\n`;
      Deno.writeTextFileSync(path, script, { mode: 0o755 });
      return [`--${name}`, path];
    };
    const launcher = await harness.start({ image, args: [...wrap("nginx"), ...wrap("gunicorn")] });
    await launcher.ready();
    await warmUp(launcher, 1);
    const warm = image.arrived().length;
    const answer = ask(image.port, "/invocations?sleep=0.5");
    await until(5000, "the request with the app", () => image.arrived().length > warm);

    launcher.signal("SIGKILL");
    await until(SCHEDULING_MS, "the end of both children", () => launcher.family().length === 0);
    assert.equal((await answer).status, 200);
    Deno.removeSync(image.state, { recursive: true });
    Deno.removeSync(`${image.socket}.lock`);
    await launcher.exit(1000);
  });
}, { root: true, tools: ["setpriv"] });

test("its guardian is small, holds nothing and ends with the children", async () => {
  await onHarness(slim!, "ordinary process", async (harness) => {
    const launcher = await harness.start();
    await launcher.ready();
    const { pid } = launcher.children().find(({ name }) => name === "tandem-guardian")!;
    assert.deepEqual([...Deno.readDirSync(`/proc/${pid}/fd`)].map(({ name }) => name), ["0"]);
    assert.ok(field(pid, "RssAnon") <= 256, `anonymous ${field(pid, "RssAnon")} kB`);
    for (const signal of ["SIGTERM", "SIGINT", "SIGHUP"] as const) Deno.kill(pid, signal);
    const { stdout } = await typed(launcher, ["status"]);
    assert.match(stdout, /^ {2}guardian +\d+ /m);
    assert.doesNotMatch(stdout, /orphan/);

    // Killed by itself it is no loss: the next child starts another one.
    Deno.kill(pid, "SIGKILL");
    await until(5000, "its end", () => !launcher.family().some((process) => process.pid === pid));
    launcher.signal("SIGTERM");
    assert.equal((await launcher.exit(10_000)).code, 0);
    await launcher.assertNothingLeft();
  });
});

test("200 starts and stops, and 20,000 signals, leave memory and descriptors as they were", async () => {
  await onHarness(slim!, "ordinary process", async (harness) => {
    const launcher = await harness.start();
    await launcher.ready();
    const descriptors = () => [...Deno.readDirSync(`/proc/${launcher.pid}/fd`)].length;
    // Each refused reload starts `nginx -T` and reaps it. The first ones load what a reload needs.
    Deno.writeTextFileSync(launcher.image.nginxConf, "nonsense;");
    await refuseReloads(launcher, 1, 20);
    await storm(launcher.pid, 2_000);
    const before = { anonymous: field(launcher.pid, "RssAnon"), descriptors: descriptors() };
    await storm(launcher.pid, 20_000);
    await refuseReloads(launcher, 21, 200);
    assert.equal(descriptors(), before.descriptors);
    const grown = field(launcher.pid, "RssAnon") - before.anonymous;
    assert.ok(grown <= 128, `grown by ${grown} kB`);
  });
});

async function refuseReloads(launcher: Launcher, first: number, last: number): Promise<void> {
  const refused = () =>
    launcher.stderr.lines.filter((line) => line.includes("reload rejected")).length;
  for (let count = first; count <= last; count++) {
    launcher.signal("SIGHUP");
    await until(5000, `refused reload ${count}`, () => refused() >= count);
  }
}

async function storm(pid: number, count: number): Promise<void> {
  for (let sent = 0; sent < count; sent++) {
    Deno.kill(pid, "SIGWINCH");
    if (sent % 500 === 0) await pause(1);
  }
}

function field(pid: number, name: string): number {
  const status = Deno.readTextFileSync(`/proc/${pid}/status`);
  return Number(new RegExp(`^${name}:\\s*(\\d+)`, "m").exec(status)?.[1]);
}

function wakeUps(pid: number): number {
  return field(pid, "voluntary_ctxt_switches");
}
