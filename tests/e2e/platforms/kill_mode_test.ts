/** In a service of systemd, serve and check say if its KillMode loses requests. */

import assert from "node:assert/strict";
import { forEachLaunch } from "../../support/harness.ts";

const NEEDS = { root: true, tools: ["unshare", "systemctl"] };

/** The cgroup and the unit of a service, in a mount namespace of their own. */
function inService(folder: string, unit: string): string[] {
  Deno.writeTextFileSync(`${folder}/cgroup`, "0::/system.slice/model.service\n");
  Deno.writeTextFileSync(`${folder}/model.service`, unit);
  const mounts = `mount --bind ${folder}/cgroup /proc/$$/cgroup &&
    mount -t tmpfs tmpfs /etc/systemd/system &&
    cp ${folder}/model.service /etc/systemd/system/ && exec "$@"`;
  return ["unshare", "--mount", "/bin/sh", "-c", mounts, "sh"];
}

const CASES = [
  ["[Service]\nExecStart=/usr/bin/tandem\n", true],
  ["[Service]\nKillMode=mixed\n", false],
] as const;

for (const [unit, warns] of CASES) {
  const what = warns ? "without KillMode gives a warning" : "with KillMode=mixed gives none";
  forEachLaunch(
    `a service ${what}`,
    async (harness) => {
      const image = harness.image();
      const prefix = inService(image.folder, unit);
      const env = { INVOCATION_ID: "0123456789abcdef0123456789abcdef" };
      const launcher = await harness.start({ image, prefix, env });
      await launcher.ready();
      const check = await harness.start({ image, prefix, command: ["check", ...image.flags] });
      await check.exit(60_000);
      const advice =
        "model.service has KillMode=control-group: a stop signals nginx and gunicorn " +
        "beside tandem, so requests in flight are lost: set KillMode=mixed in its [Service] section";
      if (warns) await launcher.stderr.line(new RegExp(`warning: ${escaped(advice)}$`), 30_000);
      const isSaid = (lines: string[]) => lines.some((line) => line.endsWith(advice));
      assert.equal(isSaid(launcher.lines), warns, launcher.story);
      assert.equal(isSaid(check.lines), warns, check.story);
      launcher.signal("SIGTERM");
      assert.equal((await launcher.exit(60_000)).code, 0);
    },
    ["ordinary process"],
    NEEDS,
  );
}

function escaped(text: string): string {
  return text.replace(/[.[\]]/g, "\\$&");
}
