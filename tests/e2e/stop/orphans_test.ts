/** Orphans become tandem's children: it reaps each of them, and none outlives the run. */

import assert from "node:assert/strict";
import { until } from "../../support/waiting.ts";
import { forEachLaunch } from "../../support/harness.ts";
import { ask } from "../../support/traffic/http_client.ts";
import type { Launcher } from "../../support/launcher.ts";
import { killByPid } from "../../support/machine/process_table.ts";

const ORPHANS = 300;

forEachLaunch(`tandem reaps ${ORPHANS} orphans and still watches the pair`, async (harness) => {
  const launcher = await harness.start({ app: "orphans.py" });
  await launcher.ready();
  await ask(launcher.image.port, `/invocations/orphans?count=${ORPHANS}`);
  const orphans = await until(5000, "all orphans as tandem's children", () => {
    const found = orphansOf(launcher);
    return found.length === ORPHANS ? found : undefined;
  });

  const masters = [launcher.master("nginx"), launcher.master("gunicorn")];
  for (const { pid } of orphans) killByPid(pid, "SIGKILL");
  // A zombie stays in the process table until it is reaped.
  await until(1000, "the reaping of all orphans", () => orphansOf(launcher).length === 0);

  assert.deepEqual([launcher.master("nginx"), launcher.master("gunicorn")], masters);
  assert.equal((await ask(launcher.image.port, "/ping")).status, 200);
  killByPid(launcher.master("nginx"), "SIGKILL");
  assert.equal((await launcher.exit(5000)).code, 137);
});

forEachLaunch("tandem stops an orphan in another session before it exits", async (harness) => {
  const launcher = await harness.start({ app: "orphans.py" });
  await launcher.ready();
  await ask(launcher.image.port, "/invocations/detached");
  await until(5000, "the orphan as tandem's child", () => orphansOf(launcher).length === 1);
  launcher.signal("SIGTERM");
  assert.equal((await launcher.exit(5000)).code, 0);
});

function orphansOf(launcher: Launcher) {
  return launcher.children().filter(({ name }) => name === "sleep");
}
