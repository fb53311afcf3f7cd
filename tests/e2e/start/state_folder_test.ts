/** In the state folder, only what tandem made is written or removed, and no other user can change it. */

import assert from "node:assert/strict";
import { forEachLaunch, type Harness } from "../../support/harness.ts";
import { exists, type Image, listing, stateFiles } from "../../support/image.ts";
import { Launcher, type LaunchOptions } from "../../support/launcher.ts";
import { NOBODY } from "../../support/outputs.ts";
import { ask } from "../../support/traffic/http_client.ts";
import { until } from "../../support/waiting.ts";

const ONCE = ["ordinary process"] as const;
const REFUSED_MS = 10_000;
const STOP_MS = 10_000;

/** Serves with the built-in nginx.conf, on the image's state folder. */
function startBuiltIn(
  harness: Harness,
  image: Image,
  { args = [], ...options }: LaunchOptions = {},
): Promise<Launcher> {
  const command = ["demo", "--port", `${image.port}`, "--state-dir", image.state, ...args];
  return harness.start({ image, command, ...options });
}

async function isRefused(harness: Harness, image: Image, line: RegExp): Promise<void> {
  const launcher = await startBuiltIn(harness, image);
  assert.equal((await launcher.exit(REFUSED_MS)).code, 78);
  await launcher.line(line, 0);
}

async function stops(launcher: Launcher): Promise<void> {
  launcher.signal("SIGTERM");
  assert.equal((await launcher.exit(STOP_MS)).code, 0);
}

/** Every path below a folder, with what is in it. */
function contents(folder: string): string[] {
  return listing(folder).flatMap((name) => {
    const path = `${folder}/${name}`;
    return Deno.lstatSync(path).isDirectory
      ? [`${path}/`, ...contents(path)]
      : [`${path}: ${Deno.readTextFileSync(path)}`];
  });
}

forEachLaunch(
  "others' files in the state folder are neither changed nor removed",
  async (harness) => {
    const image = harness.image();
    Deno.mkdirSync(`${image.state}/nginx/conf.d`, { recursive: true });
    Deno.writeTextFileSync(`${image.state}/nginx/nginx.conf`, "theirs\n");
    Deno.writeTextFileSync(`${image.state}/nginx/conf.d/site.conf`, "theirs too\n");
    Deno.writeTextFileSync(`${image.state}/model.bin`, "weights\n");
    const before = contents(image.state);
    const launcher = await startBuiltIn(harness, image);
    await launcher.ready();
    assert.deepEqual(stateFiles(image.state), [
      ...["model.bin", "nginx", "state.json", "tandem-nginx", "tandem.lock", "tandem.pid"],
    ]);
    await stops(launcher);
    assert.deepEqual(contents(image.state), before);
    Deno.removeSync(image.state, { recursive: true });
  },
);

const occupied: [name: string, make: (path: string) => void][] = [
  ["state.json", (path) => Deno.writeTextFileSync(path, '{"version":4,"resources":[]}\n')],
  ["tandem.pid", (path) => Deno.writeTextFileSync(path, "not a pid\n")],
  ["tandem.pid", (path) => Deno.symlinkSync("/etc/passwd", path)],
  ["tandem-nginx", (path) => {
    Deno.mkdirSync(path);
    Deno.writeTextFileSync(`${path}/nginx.conf`, "events {}\n");
  }],
  ["tandem-nginx", (path) => {
    Deno.mkdirSync(path);
    Deno.writeTextFileSync(`${path}/notes.txt`, "theirs\n");
  }],
  ["tandem-nginx", (path) => Deno.writeTextFileSync(path, "theirs\n")],
];

forEachLaunch("something with a name that tandem uses is refused, and stays", async (harness) => {
  for (const [name, make] of occupied) {
    const image = harness.image();
    Deno.mkdirSync(image.state);
    make(`${image.state}/${name}`);
    const before = contents(image.state);
    const line = new RegExp(
      `/${name} was not made by tandem: move it, or choose another --state-dir`,
    );
    await isRefused(harness, image, line);
    // Without the built-in conf, too.
    const launcher = await harness.start({ image });
    assert.equal((await launcher.exit(REFUSED_MS)).code, 78);
    await launcher.line(line, 0);
    assert.deepEqual(contents(image.state), before);
    Deno.removeSync(image.state, { recursive: true });
  }
}, ONCE);

forEachLaunch(
  "what a killed run left is used again; another's file in it stays",
  async (harness) => {
    const image = harness.image();
    const conf = `${image.state}/tandem-nginx`;
    Deno.mkdirSync(`${conf}/body`, { recursive: true });
    Deno.writeTextFileSync(`${conf}/nginx.conf`, "# tandem's built-in nginx.conf: an older one\n");
    Deno.writeTextFileSync(`${conf}/nginx.conf.new`, "# tan");
    Deno.writeTextFileSync(`${conf}/body/0000000001`, "a body");
    Deno.writeTextFileSync(`${image.state}/state.json`, "\0".repeat(100));
    Deno.writeTextFileSync(`${image.state}/tandem.pid`, "1\n");
    const first = await startBuiltIn(harness, image);
    await first.ready();
    Deno.writeTextFileSync(`${conf}/notes.txt`, "theirs\n");
    await stops(first);
    await first.line(/warning: cannot tidy up \S+tandem-nginx: tandem did not make notes\.txt/, 0);
    assert.deepEqual(listing(conf), ["nginx.conf", "notes.txt"]);

    const second = await startBuiltIn(harness, image);
    await second.ready();
    Deno.removeSync(`${conf}/notes.txt`);
    await stops(second);
    assert.deepEqual(listing(image.state), []);
  },
  ONCE,
);

forEachLaunch("demo without a temp folder says so", async (harness) => {
  const launcher = await harness.start({ command: ["demo"], env: { TMPDIR: "/no/such/folder" } });
  assert.equal((await launcher.exit(REFUSED_MS)).code, 78);
  await launcher.line(/cannot create a temporary folder: .*: set TMPDIR to a folder/, 0);
}, ONCE);

forEachLaunch("a state folder of another user is refused", async (harness) => {
  if (Deno.uid() !== 0) return;
  const image = harness.image();
  const theirs = /belongs to nobody, who could replace tandem's files: choose another --state-dir/;
  Deno.mkdirSync(image.state);
  Deno.chmodSync(image.state, 0o777);
  Deno.chownSync(image.state, NOBODY, NOBODY);
  await isRefused(harness, image, theirs);
  Deno.removeSync(image.state);

  // A link that another user can point elsewhere at any time.
  Deno.mkdirSync(`${image.folder}/target`);
  Deno.symlinkSync(`${image.folder}/target`, image.state);
  const link = new Deno.Command("chown", { args: ["-h", `${NOBODY}`, image.state] });
  assert.equal((await link.output()).code, 0);
  await isRefused(harness, image, theirs);
  const launcher = await startBuiltIn(harness, image, { args: ["--state-dir", `${image.state}/`] });
  assert.equal((await launcher.exit(REFUSED_MS)).code, 78);
  assert.deepEqual(listing(`${image.folder}/target`), []);
}, ONCE);

forEachLaunch("a state folder that other users can write to is refused", async (harness) => {
  const image = harness.image();
  Deno.mkdirSync(image.state);
  Deno.chmodSync(image.state, 0o777);
  await isRefused(
    harness,
    image,
    /other users could replace .* \(mode 0777\): run chmod \+t \S+state,/,
  );
  // As the temp folder is.
  Deno.chmodSync(image.state, 0o1777);
  const launcher = await startBuiltIn(harness, image);
  await launcher.ready();
  await stops(launcher);
}, ONCE);

forEachLaunch("a volume that other users can write to gives a warning", async (harness) => {
  if (Deno.uid() !== 0) return;
  const image = harness.image();
  Deno.mkdirSync(image.state);
  const mount = `mount -t tmpfs -o mode=0777 tmpfs ${image.state} && exec "$@"`;
  const launcher = await startBuiltIn(harness, image, {
    prefix: ["unshare", "--mount", "sh", "-c", mount, "sh"],
  });
  await launcher.ready();
  await launcher.line(/warning: other users could replace .* \(mode 0777\): mount it with mode/, 0);
  await stops(launcher);
}, ONCE);

forEachLaunch(
  "modes do not depend on the umask, and nginx's workers reach theirs",
  async (harness) => {
    for (const umask of ["000", "077"]) {
      const image = harness.image();
      const log = `${image.folder}/new/log`;
      const launcher = await startBuiltIn(harness, image, {
        args: ["--log-dir", log],
        prefix: ["sh", "-c", `umask ${umask} && exec "$@"`, "sh"],
      });
      await launcher.ready();
      const paths = ["", "/tandem-nginx", "/tandem-nginx/nginx.conf", "/state.json", "/tandem.pid"];
      const modes = [...paths.map((path) => image.state + path), `${image.folder}/new`, log]
        .map((path) => (Deno.statSync(path).mode! & 0o7777).toString(8));
      assert.deepEqual(modes, ["755", "755", "644", "644", "644", "755", "755"], `umask ${umask}`);
      // Too large for nginx's memory, so a worker writes it to a temp folder.
      const body = "x".repeat(1_000_000);
      assert.equal((await ask(image.port, "/invocations", { body })).body.length, body.length);
      await stops(launcher);
    }
  },
  ONCE,
);

forEachLaunch("status, health and stop work for another user who may", async (harness) => {
  if (Deno.uid() !== 0) return;
  const image = harness.image();
  Deno.mkdirSync(image.state);
  Deno.chownSync(image.state, NOBODY, NOBODY);
  Deno.chownSync(image.log, NOBODY, NOBODY);
  const asNobody = ["setpriv", `--reuid=${NOBODY}`, `--regid=${NOBODY}`, "--clear-groups"];
  const output = `${image.folder}/output`;
  Deno.writeTextFileSync(output, "");
  Deno.chownSync(output, NOBODY, NOBODY);
  const launcher = await startBuiltIn(harness, image, {
    prefix: [...asNobody, "sh", "-c", 'umask 077 && exec "$@" >"$0" 2>&1', output],
  });
  await until(20_000, "the app's answer", async () => {
    assert.ok(launcher.isRunning, Deno.readTextFileSync(output));
    return (await ask(image.port, "/ping").catch(() => undefined))?.status === 200;
  });
  for (const command of ["status", "health", "stop"]) {
    const args = [command, "--state-dir", image.state];
    const { code } = await new Deno.Command(harness.edition.path, { args }).output();
    assert.equal(code, 0, `${command}: ${Deno.readTextFileSync(output)}`);
  }
  assert.equal((await launcher.exit(STOP_MS)).code, 0);
  assert.equal(exists(`${image.state}/tandem-nginx`), false);
}, ONCE);
