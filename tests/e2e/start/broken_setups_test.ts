/** `check` names what is wrong, and nothing else, with the mend; `serve` says the same in the same words. */

import assert from "node:assert/strict";
import type { Finding } from "../../../lib/checks/rules/finding.ts";
import { formatFinding } from "../../../lib/checks/rules/finding.ts";
import { type Bench, forEachLaunch } from "../../support/harness.ts";
import { type BrokenSetup, brokenSetups } from "../../support/broken_setups.ts";
import { exists, type Image } from "../../support/image.ts";
import type { Launcher, LaunchOptions } from "../../support/launcher.ts";

const isRoot = Deno.uid() === 0;

for (const setup of brokenSetups) {
  if (setup.needsRoot && !isRoot) continue;
  forEachLaunch(`${setup.what}: check finds it, serve agrees`, async (bench) => {
    const image = bench.image({ app: setup.app });
    await using prepared = new AsyncDisposableStack();
    const toUndo = await setup.prepare?.(image, bench);
    if (toUndo) prepared.use(toUndo);
    allowLargeBodies(image);
    const options = setup.options?.(image) ?? {};

    const findings = await checkIt(bench, image, options, setup);
    await serveIt(bench, image, options, setup, findings);
  }, ["ordinary process"]);
}

/** @returns what is not ok */
async function checkIt(
  bench: Bench,
  image: Image,
  options: LaunchOptions,
  { asks = [], finds = [], mayFind = [], says }: BrokenSetup,
): Promise<Finding[]> {
  const before = everythingIn(image.folder);
  const launcher = await startCheck(bench, image, options, "--json", ...asks);
  const { code } = await launcher.exit(20_000);
  assert.deepEqual(everythingIn(image.folder), before, "nothing has changed");

  const { checks }: { checks: Finding[] } = JSON.parse(launcher.stdout.text);
  const notOk = checks.filter(({ name, result }) => result !== "ok" && !mayFind.includes(name));
  assert.deepEqual(
    notOk.map(({ name, result }) => `${result} ${name.replace(`${image.port}`, "PORT")}`),
    finds.map(({ name, result }) => `${result} ${name}`),
    "the checks that are not ok",
  );
  for (const [index, { found, mend }] of finds.entries()) {
    assert.match(notOk[index]!.found, found);
    assert.match(notOk[index]!.fix ?? "", mend);
  }
  if (says) assert.match(checks.find(({ name }) => name === says.name)!.found, says.found);
  assert.equal(code, finds.some(({ result }) => result === "failed") ? 78 : 0);
  return notOk;
}

async function serveIt(
  bench: Bench,
  image: Image,
  options: LaunchOptions,
  { serve }: BrokenSetup,
  findings: Finding[],
): Promise<void> {
  if (serve === "is not tried") return;
  const launcher = await bench.start({ image, ...options });
  const lines = findings.map(formatFinding);
  if (typeof serve === "object") {
    const { code } = await launcher.exit(20_000);
    assert.ok([1, 3, 4].includes(code), `exit ${code}`);
    await launcher.stderr.line(serve.ends, 0);
    return;
  }
  switch (serve) {
    case "refuses": {
      const { code } = await launcher.exit(10_000);
      assert.equal(code, 78);
      const said = complaintsOf(launcher);
      assert.notDeepEqual(said, []);
      assert.deepEqual(said.filter((line) => !lines.includes(line)), [], "check says them too");
      const failed = findings.filter(({ result }) => result === "failed").map(formatFinding);
      assert.ok(said.some((line) => failed.includes(line)), "serve says what fails");
      return;
    }
    case "warns":
    case "serves":
      await launcher.ready();
      assert.deepEqual(complaintsOf(launcher), lines);
      return await stop(launcher);
    case "warns in vain":
      await launcher.line(/not ready/);
      for (const line of lines) assert.ok(complaintsOf(launcher).includes(line), line);
      return await stop(launcher);
  }
}

/** Before anybody looks for what is left of the check on the same image. */
async function stop(launcher: Launcher): Promise<void> {
  launcher.signal("SIGTERM");
  assert.equal((await launcher.exit(30_000)).code, 0);
}

/** The reasons alone, without what was done because of them. */
function complaintsOf({ stderr }: Launcher): string[] {
  const lines = stderr.lines.flatMap((line) =>
    /^tandem: (?:warning|error): (?:stopping: )?(.*)$/.exec(line)?.[1] ?? []
  );
  return [...new Set(lines)];
}

forEachLaunch("a path too long for a socket is refused by both with 64", async (bench) => {
  const image = bench.image();
  const path = `/tmp/${"x".repeat(103)}`;
  const said: string[] = [];
  for (const command of ["check", "serve"]) {
    const launcher = await bench.start({ image, command: [command, "--socket", path] });
    assert.equal((await launcher.exit(5000)).code, 64);
    said.push(launcher.stderr.text);
  }
  assert.match(said[0]!, /^tandem: --socket: .* of at most 107 bytes/);
  assert.equal(said[0], said[1]);
}, ["ordinary process"]);

forEachLaunch(
  "a sound image passes, with every line ok and the plan behind them",
  async (bench) => {
    const image = bench.image();
    allowLargeBodies(image);
    const before = everythingIn(image.folder);
    const launcher = await startCheck(bench, image, {}, "--strict");
    assert.equal((await launcher.exit(20_000)).code, 0);
    const lines = launcher.stdout.lines;
    const results = lines.slice(0, lines.indexOf("")).map((line) => line.split(" ")[0]);
    assert.deepEqual([...new Set(results)], ["ok"]);
    const plan = lines.slice(lines.indexOf("") + 1).join("\n");
    assert.match(
      plan,
      /^gunicorn {2}\/\S+gunicorn --timeout 60 -k gevent -b unix:\S+ .* wsgi:app$/m,
    );
    assert.match(plan, /^nginx {5}\/\S+nginx -c \S+nginx\.conf$/m);
    assert.match(plan, /^link {6}\S+access\.log -> \/dev\/stdout$/m);
    assert.match(plan, /^stop {6}nginx is cut off after 20 s, all is killed after 25 s$/m);
    assert.match(lines.at(-1)!, /^\d+ ok, 0 warning, 0 failed: tandem would serve$/);
    assert.deepEqual(everythingIn(image.folder), before, "nothing has changed");
    assert.equal(launcher.stderr.text, "");
  },
);

forEachLaunch("check with the built-in nginx.conf leaves nothing behind", async (bench) => {
  const image = bench.image();
  const { socket, log, state, port } = image;
  Deno.removeSync(image.nginxConf);
  const before = everythingIn(image.folder);
  const flags = ["--socket", socket, "--log-dir", log, "--state-dir", state, "--port", `${port}`];
  const launcher = await bench.start({ image, command: ["check", "--strict", ...flags] });
  assert.equal((await launcher.exit(20_000)).code, exists("/opt/program/nginx.conf") ? 78 : 0);
  assert.deepEqual(everythingIn(image.folder), before, "nothing has changed");
});

forEachLaunch("a warning fails with --strict only", async (bench) => {
  const image = bench.image({ conf: { locations: "client_body_timeout 5;" } });
  for (const [flags, status] of [[[], 0], [["--strict"], 78]] as const) {
    const launcher = await startCheck(bench, image, {}, ...flags);
    assert.equal((await launcher.exit(20_000)).code, status);
    await launcher.stdout.line(/^warning {2}client_max_body_size .* takes bodies of up to 5m/, 0);
  }
}, ["ordinary process"]);

function startCheck(
  bench: Bench,
  image: Image,
  { args = [], ...options }: LaunchOptions,
  ...flags: string[]
): Promise<Launcher> {
  return bench.start({
    image,
    ...options,
    command: ["check", ...flags, ...image.flags, ...args],
  });
}

/** The seed's conf takes less than the hosting lets through, which is a finding of its own. */
function allowLargeBodies({ nginxConf }: Image): void {
  const text = Deno.readTextFileSync(nginxConf);
  Deno.writeTextFileSync(
    nginxConf,
    text.replace("client_max_body_size 5m", "client_max_body_size 25m"),
  );
}

/** With owner and mode, but without times: nginx's files come and go. */
function everythingIn(folder: string): string[] {
  return [...Deno.readDirSync(folder)].flatMap(({ name }) => {
    const path = `${folder}/${name}`;
    const { isDirectory, size, mode, uid, gid } = Deno.lstatSync(path);
    const line = `${path} ${isDirectory ? "" : size} ${mode} ${uid}:${gid}`;
    return isDirectory ? [line, ...everythingIn(path)] : [line];
  }).sort();
}
