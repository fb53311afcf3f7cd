/** Ready: one of nginx's plain addresses answers 200 on the ready path; if none can tell, the app's own answer decides. */

import assert from "node:assert/strict";
import { forEachLaunch, type Harness } from "../../support/harness.ts";
import { typed } from "../../support/terminal/second_shell.ts";
import type { SeedConf } from "../../support/seed_conf.ts";
import type { Image } from "../../support/image.ts";

const DECIDED_BY_APP = /^tandem: warning: nginx does not answer GET \/ping itself on /;

async function ready(harness: Harness, conf: (image: Image) => Partial<SeedConf>) {
  const image = harness.image();
  image.writeConf(conf(image));
  const launcher = await harness.start({ image });
  await launcher.ready();
  return launcher;
}

const cases: [what: string, conf: (image: Image) => Partial<SeedConf>, byApp: boolean][] = [
  [
    "a redirect on the only address",
    () => ({ locations: "location = /ping { return 301 https://example.com/ping; }" }),
    true,
  ],
  [
    "an address that closes the connection",
    () => ({ locations: "location = /ping { return 444; }" }),
    true,
  ],
  ["a port range", ({ port }) => ({ listen: `127.0.0.1:${port}-${port}` }), false],
  ["a host name", ({ port }) => ({ listen: `localhost:${port}` }), false],
  [
    "a redirect on the first of two addresses",
    ({ folder }) => ({
      locations: `location = /ping { return 301 https://example.com/ping; } }
        server { listen unix:${folder}/second.sock;`,
    }),
    false,
  ],
];

for (const [what, conf, byApp] of cases) {
  forEachLaunch(`the pair becomes ready with ${what}`, async (harness) => {
    const launcher = await ready(harness, conf);

    if (byApp) await launcher.line(DECIDED_BY_APP);
    assert.equal((await typed(launcher, ["health"])).code, 0);
    launcher.signal("SIGHUP");
    await launcher.line(/^tandem: reloading/);
    assert.equal(launcher.lines.some((line) => DECIDED_BY_APP.test(line)), byApp);
  }, ["ordinary process"]);
}

forEachLaunch("a pair that answers 500 says so, and obeys signals", async (harness) => {
  const launcher = await harness.start({
    app: "def app(environ, start):\n    start('500 no', [])\n    return []\n",
  });
  await launcher.line(/^tandem: warning: not ready: GET \/ping answers 500/);

  const { stdout } = await typed(launcher, ["status"]);
  assert.match(stdout, /waiting for GET \/ping to answer 200 \(last answer: 500\)/);
  assert.equal(JSON.parse((await typed(launcher, ["status", "--json"])).stdout).lastAnswer, 500);
  launcher.signal("SIGHUP");
  await launcher.line(/^tandem: reloading/);
}, ["ordinary process"]);

/** Answers once, then only after the file `go` exists. */
const SLOW_APP = `
import os, time

def app(environ, start_response):
    if os.path.exists("asked"):
        while not os.path.exists("go"):
            time.sleep(0.05)
    open("asked", "w").close()
    start_response("200 OK", [("Content-Length", "0")])
    return [b""]
`;

forEachLaunch("an address that never answers does not hold up a slow app", async (harness) => {
  using silent = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const image = harness.image({ app: SLOW_APP });
  const { port } = silent.addr;
  image.writeConf({
    locations: `location = /ping { proxy_pass http://127.0.0.1:${port}; proxy_read_timeout 1h; }`,
  });
  const launcher = await harness.start({ image });
  await launcher.line(/waiting for GET \/ping to answer 200 \(no answer yet for \d+ s\)/, 90_000);
  Deno.writeTextFileSync(`${image.program}/go`, "");
  await launcher.ready();
  await launcher.line(DECIDED_BY_APP);
}, ["ordinary process"]);
