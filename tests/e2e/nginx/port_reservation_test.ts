/** nginx's test of its conf listens for a moment. No client gets through to it, not even right after another run. */

import assert from "node:assert/strict";
import { forEachLaunch, type Harness } from "../../support/harness.ts";
import type { Image } from "../../support/image.ts";
import type { Launcher } from "../../support/launcher.ts";
import { reservePort } from "../../support/machine/ports.ts";
import { pollStart } from "../../support/traffic/poll.ts";
import { until, within } from "../../support/waiting.ts";

/** Without the reservation more than half of the starts have a client that is cut off. */
const STARTS = 6;
const STARTS_BY_NAME = 3;
const CLIENTS = 4;

const places: Record<string, (image: Image) => void> = {
  "in nginx.conf": () => {},
  "in an included file": (image) => {
    const listen = `listen ${image.port};`;
    const conf = Deno.readTextFileSync(image.nginxConf);
    assert.ok(conf.includes(listen));
    Deno.writeTextFileSync(image.nginxConf, conf.replace(listen, "include listens/*.conf;"));
    Deno.mkdirSync(`${image.program}/listens`);
    Deno.writeTextFileSync(`${image.program}/listens/main.conf`, `${listen}\n`);
  },
};

for (const [place, prepare] of Object.entries(places)) {
  forEachLaunch(`a restart cuts off no client of a port ${place}`, async (harness) => {
    const image = harness.image();
    prepare(image);
    await cutsOffNobody(harness, image, STARTS);
  });
}

const NAMES = `mount --bind "$1" /etc/hosts && shift && exec "$@"`;

forEachLaunch(
  "a restart cuts off no client of a port at a host name",
  async (harness) => {
    const image = harness.image();
    const hosts = `${image.folder}/hosts`;
    Deno.writeTextFileSync(hosts, "127.0.0.1 localhost model-server\n");
    image.writeConf({ listen: `model-server:${image.port}` });
    const prefix = ["unshare", "--mount", "/bin/sh", "-c", NAMES, "sh", hosts];
    await cutsOffNobody(harness, image, STARTS_BY_NAME, prefix);
  },
  ["ordinary process"],
  { root: true, tools: ["unshare"] },
);

async function cutsOffNobody(
  harness: Harness,
  image: Image,
  starts: number,
  prefix?: string[],
): Promise<void> {
  for (let start = 1; start <= starts; start++) {
    const clients = Array.from({ length: CLIENTS }, () => pollStart(image.port));
    const launcher = await harness.start({ image, prefix });
    const seen = await within(30_000, "answers", Promise.all(clients));
    assert.deepEqual(
      seen.flat().filter((answer) => answer !== "200"),
      [],
      `start ${start}: connections that were accepted and not answered 200`,
    );
    // The connections of these clients stay in TIME_WAIT for a minute.
    assert.ok(hasTimeWait(image.port), "connections in TIME_WAIT for the next start");
    await launcher.ready();
    launcher.signal("SIGTERM");
    assert.equal((await launcher.exit(10_000)).code, 0);
  }
}

forEachLaunch("a reload cuts off no client of a new port", async (harness) => {
  const launcher = await harness.start();
  await launcher.ready();
  for (let reload = 1; reload <= STARTS; reload++) {
    using port = reservePort();
    launcher.image.writeConf({ locations: `listen ${port.number};` });
    await reloadCutsOffNobody(launcher, port.number, reload);
  }
}, ["ordinary process"]);

forEachLaunch(
  "neither a start nor a reload cuts off a client of a unix socket",
  async (harness) => {
    const image = harness.image();
    const [first, second] = [`${image.folder}/first.sock`, `${image.folder}/second.sock`];
    const held = `${image.folder}/held`;
    // The moment is too short for a client to meet it in each run, so the test of nginx says what it finds.
    const nginx = `${image.folder}/nginx`;
    const script = `#!/bin/sh
case "$*" in *-T*) for path in ${first} ${second}; do [ -S $path ] && echo $path >>${held}; done;; esac
exec nginx "$@"
`;
    Deno.writeTextFileSync(nginx, script, { mode: 0o755 });
    image.writeConf({ locations: `listen unix:${first};` });
    const clients = Array.from({ length: CLIENTS }, () => pollStart(first));
    const launcher = await harness.start({ image, args: ["--nginx", nginx] });
    const seen = await within(30_000, "answers", Promise.all(clients));
    assert.deepEqual(seen.flat().filter((answer) => answer !== "200"), []);
    assert.equal(Deno.readTextFileSync(held), `${first}\n`);
    await launcher.ready();

    Deno.removeSync(held);
    image.writeConf({ locations: `listen unix:${first}; listen unix:${second};` });
    await reloadCutsOffNobody(launcher, second, 1);
    assert.equal(Deno.readTextFileSync(held), `${first}\n${second}\n`);
  },
);

/** @param server a port or the path of a unix socket, which is new in the conf */
async function reloadCutsOffNobody(launcher: Launcher, server: number | string, reload: number) {
  const clients = Array.from({ length: CLIENTS }, () => pollStart(server));
  launcher.signal("SIGHUP");
  const seen = await within(30_000, "answers", Promise.all(clients));
  assert.deepEqual(
    seen.flat().filter((answer) => answer !== "200"),
    [],
    `reload ${reload}: connections that were accepted and not answered 200`,
  );
  const reloads = () => launcher.lines.filter((line) => /tandem: reloading/.test(line)).length;
  await until(10_000, "the line of the reload", () => reloads() === reload);
}

/** By /proc/net/tcp: state 06. */
function hasTimeWait(port: number): boolean {
  const hex = port.toString(16).toUpperCase().padStart(4, "0");
  return new RegExp(`: \\w+:${hex} \\w+:\\w+ 06 `).test(Deno.readTextFileSync("/proc/net/tcp"));
}
