/** `health` tells by its exit status and one line whether the server answers its ready path with 200. */

import assert from "node:assert/strict";
import { SCHEDULING_MS } from "../../support/waiting.ts";
import { forEachLaunch } from "../../support/harness.ts";
import { typed } from "../../support/terminal/second_shell.ts";

forEachLaunch("health requests the address of the running server", async (harness) => {
  const launcher = await harness.start();
  await launcher.ready();
  const url = `http://127.0.0.1:${launcher.image.port}`;

  const healthy = await typed(launcher, ["health"]);
  assert.equal(healthy.code, 0);
  assert.match(healthy.stdout, new RegExp(`^healthy: GET ${url}/ping answers 200 in \\d+ ms\n$`));

  const json = await typed(launcher, ["health", "--json"]);
  const { milliseconds, ...answer } = JSON.parse(json.stdout);
  assert.deepEqual(answer, { healthy: true, url: `${url}/ping`, status: 200 });
  assert.ok(milliseconds >= 0);

  const elsewhere = await typed(launcher, ["health", "--url", `${url}/no/such`]);
  assert.equal(elsewhere.code, 1);
  assert.match(elsewhere.stdout, /^unhealthy: GET http:\S+ answers 404 in \d+ ms\n$/);
});

forEachLaunch(
  "health works as another user",
  async (harness) => {
    const launcher = await harness.start();
    await launcher.ready();
    assert.equal((await typed(launcher, ["health"], { uid: 65534 })).code, 0);
  },
  ["ordinary process"],
  { root: true },
);

forEachLaunch(
  "health works without a state file by --port",
  async (harness) => {
    const launcher = await harness.start();
    await launcher.ready();

    const { port, folder } = launcher.image;
    const args = ["health", "--port", `${port}`, "--state-dir", `${folder}/none`];
    assert.equal((await typed(launcher, args, { bare: true })).code, 0);
  },
  ["ordinary process"],
);

forEachLaunch("health follows nginx to a unix socket", async (harness) => {
  const image = harness.image();
  const socket = `${image.folder}/nginx.sock`;
  const conf = Deno.readTextFileSync(image.nginxConf);
  Deno.writeTextFileSync(image.nginxConf, conf.replace(/listen \d+;/, `listen unix:${socket};`));
  const launcher = await harness.start({ image });
  await launcher.ready();

  const { code, stdout } = await typed(launcher, ["health"]);

  assert.equal(code, 0);
  assert.match(
    stdout,
    new RegExp(`^healthy: GET http://unix:${socket}:/ping answers 200 in \\d+ ms\n$`),
  );
});

forEachLaunch("health follows a reload to another port", async (harness) => {
  const image = harness.image();
  const other = harness.image();
  const launcher = await harness.start({ image });
  await launcher.ready();
  image.writeConf({ port: other.port });
  assert.equal((await typed(launcher, ["reload"])).code, 0);

  const { code, stdout } = await typed(launcher, ["health"]);

  assert.equal(code, 0);
  assert.ok(stdout.includes(`:${other.port}/ping answers 200`), stdout);
}, ["ordinary process"]);

forEachLaunch("health fails while the pair is starting", async (harness) => {
  const launcher = await harness.start({ app: "slow_import.py", env: { IMPORT_SECONDS: "2" } });
  await launcher.line(/Booting worker/);

  const { code, stdout } = await typed(launcher, ["health"]);

  assert.equal(code, 1);
  assert.match(
    stdout,
    /^unhealthy: GET http:\S+: connection refused \(tandem is starting\)\n$/,
  );
  await launcher.ready();
});

forEachLaunch("health gives up after 5 s without an answer", async (harness) => {
  const launcher = await harness.start();
  await launcher.ready();
  using silent = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const { port } = silent.addr as Deno.NetAddr;

  const begin = performance.now();
  const url = `http://127.0.0.1:${port}/ping`;
  const { code, stdout } = await typed(launcher, ["health", "--url", url]);

  assert.equal(code, 1);
  assert.equal(stdout, `unhealthy: GET ${url}: no answer within 5 s\n`);
  const took = performance.now() - begin;
  assert.ok(5000 <= took && took < 5000 + SCHEDULING_MS, `gave up after ${took} ms`);
}, ["ordinary process"]);

forEachLaunch("health --timeout says how long to wait", async (harness) => {
  const launcher = await harness.start();
  await launcher.ready();
  using silent = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const { port } = silent.addr as Deno.NetAddr;
  const url = `http://127.0.0.1:${port}/ping`;
  const { code, stdout } = await typed(launcher, ["health", "--timeout", "1", "--url", url]);
  assert.equal(code, 1);
  assert.equal(stdout, `unhealthy: GET ${url}: no answer within 1 s\n`);
}, ["ordinary process"]);

forEachLaunch("health --ready wants a running tandem that serves", async (harness) => {
  const launcher = await harness.start({ args: ["--drain-delay", "20"] });
  await launcher.ready();
  assert.equal((await typed(launcher, ["health", "--ready"])).code, 0);

  const { port, folder } = launcher.image;
  const elsewhere = ["--port", `${port}`, "--state-dir", `${folder}/none`];
  const stranger = await typed(launcher, ["health", "--ready", ...elsewhere], { bare: true });
  assert.equal(stranger.code, 1);
  assert.match(stranger.stdout, /^unhealthy: .* answers 200 .*\(no running tandem was found\)\n$/);

  launcher.signal("SIGTERM");
  await launcher.line(/still serving for 20 s/);
  const draining = await typed(launcher, ["health", "--ready"]);
  assert.equal(draining.code, 1);
  assert.match(draining.stdout, /tandem is draining/);
  launcher.signal("SIGINT");
  await launcher.exit(SCHEDULING_MS);
}, ["ordinary process"]);
