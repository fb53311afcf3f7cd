/** With a folder of logs that tandem may not write to, all lines still arrive, or one error says how to fix it. */

import assert from "node:assert/strict";
import { ownTemps } from "../../support/broken_setups/setup.ts";
import { forEachLaunch, type Harness } from "../../support/harness.ts";
import type { Image } from "../../support/image.ts";
import { giveTo, NOBODY } from "../../support/outputs.ts";
import { ask } from "../../support/traffic/http_client.ts";
import { readOnlyRoot } from "../../support/machine/read_only_root.ts";

interface Case {
  user: "root" | "nobody";
  root: "writable" | "read-only";
  /** Whether the image was built with `tandem link-logs`. */
  hasLinks: boolean;
  /** "own": it logs to the folder. */
  conf: "own" | "built-in";
}

const places: Pick<Case, "user" | "root">[] = [
  { user: "nobody", root: "writable" },
  { user: "nobody", root: "read-only" },
  { user: "root", root: "read-only" },
];

const cases: Case[] = places.flatMap((place) => [
  { ...place, hasLinks: true, conf: "own" },
  { ...place, hasLinks: false, conf: "own" },
  { ...place, hasLinks: false, conf: "built-in" },
]);

const READ_ONLY = readOnlyRoot("log");

for (const { user, root, hasLinks, conf } of cases) {
  const links = hasLinks ? "links of the build" : "no links";
  forEachLaunch(
    `as ${user} on a ${root} root with ${links} and the ${conf} nginx.conf`,
    async (harness) => {
      const image = harness.image();
      if (root === "writable") image.writeConf({ locations: ownTemps(image) });
      if (user === "nobody") giveTo(NOBODY, image.folder);
      Deno.chownSync(image.log, 0, 0);
      if (hasLinks) await linkLogs(harness, image);
      const launcher = await harness.start({
        image,
        prefix: [
          ...(root === "read-only"
            ? ["unshare", "--mount", "sh", "-c", READ_ONLY, "sh", image.folder]
            : []),
          ...(user === "nobody" ? ["setpriv", ...USER] : []),
        ],
        args: conf === "own" ? [] : ["--nginx-conf", "builtin", "--port", `${image.port}`],
      });
      if (conf === "own" && !hasLinks) {
        const error = await launcher.line(/^tandem: error: /, 60_000);
        assert.match(error, /\/error\.log" failed .*: run `tandem link-logs` when the image is/);
        assert.equal((await launcher.exit(60_000)).code, 78);
        return;
      }
      await launcher.line(/ready in \d+ ms/, 60_000);
      assert.equal((await ask(image.port, "/nope?from=client")).status, 404);
      await launcher.stdout.line(/GET \/nope\?from=client HTTP/, 60_000);
      const alarming = launcher.lines.filter((line) => /warning|emerg|alert/.test(line));
      assert.deepEqual(alarming, []);
    },
    ["ordinary process"],
    { root: true, tools: ["setpriv", "unshare"] },
  );
}

const USER = [`--reuid=${NOBODY}`, `--regid=${NOBODY}`, "--clear-groups"];

/** As a Dockerfile does, which builds as root. */
async function linkLogs({ edition }: Harness, { log }: Image): Promise<void> {
  const args = ["link-logs", "--log-dir", log];
  const { code } = await new Deno.Command(edition.path, { args, stdout: "null" }).output();
  assert.equal(code, 0);
}
