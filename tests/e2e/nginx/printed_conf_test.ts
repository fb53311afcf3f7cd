/** What `tandem nginx-conf` prints is a conf that `serve` can use as it is. */

import assert from "node:assert/strict";
import { BOTH_MODES, forEachLaunch } from "../../support/harness.ts";
import { exists, listing } from "../../support/image.ts";
import { ask } from "../../support/traffic/http_client.ts";

const LONG_MS = 60_000;
const AS_NOBODY = ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups"];

for (const user of ["root", "nobody"]) {
  const prefix = user === "root" ? [] : AS_NOBODY;
  forEachLaunch(
    `nginx-conf > f; serve --nginx-conf f, as ${user}`,
    async (harness) => {
      const image = harness.image();
      const { folder, port, socket, program, log } = image;
      // Neither exists; the other folder is where the conf is used from.
      const state = `${image.temp}/state/of/its/own`;
      for (const path of [folder, program, log]) Deno.chmodSync(path, 0o777);
      const settings = ["--state-dir", state, "--socket", socket, "--port", `${port}`];
      const printer = await harness.start({ image, prefix, command: ["nginx-conf", ...settings] });
      assert.equal((await printer.exit(LONG_MS)).code, 0);
      Deno.writeTextFileSync(`${program}/f`, printer.stdout.text);
      assert.ok(!exists(state), "printing changes nothing");

      const args = [...settings, "--log-dir", log, "--nginx-conf", "program/f"];
      const chdir = ["--chdir", program];
      const elsewhere = ["env", `--chdir=${folder}`, ...prefix];
      const check = await harness.start({
        ...{ image, prefix: elsewhere },
        command: ["check", ...args, ...chdir],
      });
      assert.equal((await check.exit(LONG_MS)).code, 0, check.story);
      assert.ok(!exists(state), "checking changes nothing");

      const launcher = await harness.start({
        ...{ image, prefix: elsewhere },
        command: ["serve", ...args, ...chdir, "--drain-delay", "60", "--grace-period", "90"],
      });
      await launcher.line(/ready in \d+ ms/, LONG_MS);
      assert.equal((await ask(port, "/ping")).status, 200);

      launcher.signal("SIGTERM");
      await launcher.line(/still serving for 60 s/, LONG_MS);
      assert.equal((await ask(port, "/ping")).status, 503);
      assert.equal((await ask(port, "/invocations", { body: "x" })).status, 200);
      launcher.signal("SIGINT");
      assert.equal((await launcher.exit(LONG_MS)).code, 0);
      assert.deepEqual(listing(state), [], "the conf's folder is gone");
      Deno.removeSync(`${image.temp}/state`, { recursive: true });
    },
    BOTH_MODES,
    { root: true, tools: ["setpriv"] },
  );
}
