/** For each broken setup, `check` reports what is wrong and how to fix it, and `serve` reports the same. */

import assert from "node:assert/strict";
import { type Finding, formatFinding } from "../../../lib/checks/rules/finding.ts";
import { brokenSetups } from "../../support/broken_setups/all.ts";
import type { BrokenSetup } from "../../support/broken_setups/setup.ts";
import { forEachLaunch, type Harness } from "../../support/harness.ts";
import { exists, type Image } from "../../support/image.ts";
import type { Launcher, LaunchOptions } from "../../support/launcher.ts";

for (const setup of brokenSetups) {
  forEachLaunch(
    `${setup.what}: check and serve report it`,
    async (harness) => {
      const image = harness.image({ app: setup.app });
      await using resources = new AsyncDisposableStack();
      const resource = await setup.prepare?.(image, harness);
      if (resource) resources.use(resource);
      allowLargeBodies(image);
      const options = setup.options?.(image) ?? {};

      const findings = await runCheck(harness, image, options, setup);
      await runServe(harness, image, options, setup, findings);
      assert.ok(setup.isUnharmed?.(image) ?? true, "what belongs to others is unharmed");
    },
    ["ordinary process"],
    { root: setup.needsRoot },
  );
}

/** @returns the findings that are not ok */
async function runCheck(
  harness: Harness,
  image: Image,
  options: LaunchOptions,
  { checkFlags = [], findings: expected = [], optional = [], okFinding }: BrokenSetup,
): Promise<Finding[]> {
  const before = listAll(image.folder);
  const launcher = await startCheck(harness, image, options, "--json", ...checkFlags);
  const { code } = await launcher.exit(20_000);
  assert.deepEqual(listAll(image.folder), before, "nothing has changed");

  const { checks }: { checks: Finding[] } = JSON.parse(launcher.stdout.text);
  const notOk = checks.filter(({ name, result }) => result !== "ok" && !optional.includes(name));
  assert.deepEqual(
    notOk.map(({ name, result }) => `${result} ${name.replace(`${image.port}`, "PORT")}`),
    expected.map(({ name, result }) => `${result} ${name}`),
    "the findings that are not ok",
  );
  for (const [index, { found, fix }] of expected.entries()) {
    assert.match(notOk[index]!.found, found);
    assert.match(notOk[index]!.fix ?? "", fix);
  }
  if (okFinding) {
    assert.match(checks.find(({ name }) => name === okFinding.name)!.found, okFinding.found);
  }
  assert.equal(code, expected.some(({ result }) => result === "failed") ? 78 : 0);
  return notOk;
}

async function runServe(
  harness: Harness,
  image: Image,
  options: LaunchOptions,
  { serve, error }: BrokenSetup,
  findings: Finding[],
): Promise<void> {
  if (serve.kind === "is not run") return;
  const launcher = await harness.start({ image, ...options });
  const lines = findings.map(formatFinding);
  switch (serve.kind) {
    case "exits": {
      const { code } = await launcher.exit(20_000);
      assert.ok(serve.statuses.includes(code), `exit ${code}`);
      await launcher.stderr.line(serve.line, 0);
      if (error) assertOneError(launcher, error);
      return;
    }
    case "refuses": {
      const { code } = await launcher.exit(10_000);
      assert.equal(code, 78);
      assertOneError(launcher, error ?? /./);
      const reasons = reasonsOf(launcher);
      assert.deepEqual(reasons.filter((line) => !lines.includes(line)), [], "check reports them");
      const failures = findings.filter(({ result }) => result === "failed").map(formatFinding);
      assert.ok(reasons.some((line) => failures.includes(line)), "serve reports a failure");
      return;
    }
    case "serves":
      await launcher.ready();
      assert.deepEqual(reasonsOf(launcher), lines);
      return await stop(launcher);
    case "is not ready":
      await launcher.line(/not ready/);
      for (const line of lines) assert.ok(reasonsOf(launcher).includes(line), line);
      return await stop(launcher);
  }
}

function assertOneError({ stderr }: Launcher, error: RegExp): void {
  const errors = stderr.lines.filter((line) => line.startsWith("tandem: error: "));
  assert.equal(errors.length, 1, "one line gives the reason");
  assert.match(errors[0]!, error);
}

/** Stops serve before the harness searches the same image for leftovers of check. */
async function stop(launcher: Launcher): Promise<void> {
  launcher.signal("SIGTERM");
  assert.equal((await launcher.exit(30_000)).code, 0);
}

/**
 * The texts of the warnings and errors, without "stopping: ". A gunicorn that has not answered yet gets 2 s to exit, and can
 * need longer on a busy machine: that says nothing of the set-up.
 */
function reasonsOf({ stderr }: Launcher): string[] {
  const lines = stderr.lines.flatMap((line) =>
    /^tandem: (?:warning|error): (?:stopping: )?(.*)$/.exec(line)?.[1] ?? []
  );
  return [...new Set(lines)].filter((line) => !line.endsWith("did not exit in time: killing it"));
}

forEachLaunch("a path too long for a socket: check and serve exit with 64", async (harness) => {
  const image = harness.image();
  const path = `/tmp/${"x".repeat(103)}`;
  const texts: string[] = [];
  for (const command of ["check", "serve"]) {
    const launcher = await harness.start({ image, command: [command, "--socket", path] });
    assert.equal((await launcher.exit(5000)).code, 64);
    texts.push(launcher.stderr.text);
  }
  assert.match(texts[0]!, /^tandem: --socket: .* of at most 107 bytes/);
  assert.equal(texts[0], texts[1]);
}, ["ordinary process"]);

forEachLaunch(
  "a sound image: check reports only ok, then the plan",
  async (harness) => {
    const image = harness.image();
    allowLargeBodies(image);
    const before = listAll(image.folder);
    const launcher = await startCheck(harness, image, {}, "--strict");
    assert.equal((await launcher.exit(20_000)).code, 0);
    const lines = launcher.stdout.lines;
    const results = lines.slice(0, lines.indexOf("")).map((line) => line.split(" ")[0]);
    assert.deepEqual([...new Set(results)], ["ok"]);
    const plan = lines.slice(lines.indexOf("") + 1).join("\n");
    assert.match(
      plan,
      /^gunicorn {2}\/\S+gunicorn .*--timeout 60 -k gevent -b unix:\S+ .* wsgi:app$/m,
    );
    assert.match(plan, /^nginx {5}\/\S+nginx -c \S+nginx\.conf$/m);
    assert.match(plan, /^link {6}\S+access\.log -> \/dev\/stdout$/m);
    assert.match(
      plan,
      /^stop {6}nginx is cut off after 20 s, everything left is killed after 25 s$/m,
    );
    assert.match(lines.at(-1)!, /^\d+ ok, 0 warning, 0 failed: tandem would serve$/);
    assert.deepEqual(listAll(image.folder), before, "nothing has changed");
    assert.equal(launcher.stderr.text, "");
  },
);

forEachLaunch("check with the built-in nginx.conf changes nothing", async (harness) => {
  const image = harness.image();
  const { socket, log, state, port } = image;
  Deno.removeSync(image.nginxConf);
  const before = listAll(image.folder);
  const flags = ["--socket", socket, "--log-dir", log, "--state-dir", state, "--port", `${port}`];
  const launcher = await harness.start({ image, command: ["check", "--strict", ...flags] });
  assert.equal((await launcher.exit(20_000)).code, 0);
  assert.deepEqual(listAll(image.folder), before, "nothing has changed");
});

forEachLaunch("check fails for a warning with --strict only", async (harness) => {
  const image = harness.image({ conf: { locations: "client_body_timeout 5;" } });
  for (const [flags, status] of [[[], 0], [["--strict"], 78]] as const) {
    const launcher = await startCheck(harness, image, {}, ...flags);
    assert.equal((await launcher.exit(20_000)).code, status);
    await launcher.stdout.line(/^warning {2}client_max_body_size .* accepts bodies of up to 5m/, 0);
  }
}, ["ordinary process"]);

function startCheck(
  harness: Harness,
  image: Image,
  { args = [], ...options }: LaunchOptions,
  ...flags: string[]
): Promise<Launcher> {
  return harness.start({
    image,
    ...options,
    command: ["check", ...flags, ...image.flags, ...args],
  });
}

/** The limit of the seed's conf is a finding of its own. */
function allowLargeBodies({ nginxConf }: Image): void {
  if (!exists(nginxConf) || !Deno.statSync(nginxConf).isFile) return;
  const text = Deno.readTextFileSync(nginxConf);
  Deno.writeTextFileSync(
    nginxConf,
    text.replace("client_max_body_size 5m", "client_max_body_size 25m"),
  );
}

/** With sizes, owners and modes, but without times: nginx touches its files. */
function listAll(folder: string): string[] {
  return [...Deno.readDirSync(folder)].flatMap(({ name }) => {
    const path = `${folder}/${name}`;
    const { isDirectory, size, mode, uid, gid } = Deno.lstatSync(path);
    const line = `${path} ${isDirectory ? "" : size} ${mode} ${uid}:${gid}`;
    return isDirectory ? [line, ...listAll(path)] : [line];
  }).sort();
}
