/** nginx's test of its conf listens for a moment. No client gets through to it, not even right after another run. */

import assert from "node:assert/strict";
import { forEachLaunch } from "../../support/harness.ts";
import type { Image } from "../../support/image.ts";
import { pollStart } from "../../support/traffic/poll.ts";
import { within } from "../../support/waiting.ts";

/** Without the reservation more than half of the starts have a client that is cut off. */
const STARTS = 6;
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
    for (let start = 1; start <= STARTS; start++) {
      const clients = Array.from({ length: CLIENTS }, () => pollStart(image.port));
      const launcher = await harness.start({ image });
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
  });
}

/** By /proc/net/tcp: state 06. */
function hasTimeWait(port: number): boolean {
  const hex = port.toString(16).toUpperCase().padStart(4, "0");
  return new RegExp(`: \\w+:${hex} \\w+:\\w+ 06 `).test(Deno.readTextFileSync("/proc/net/tcp"));
}
