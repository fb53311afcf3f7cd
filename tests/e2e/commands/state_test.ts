/** The state files describe the running pair; the files of a dead one do not prevent a start. */

import assert from "node:assert/strict";
import { until } from "../../support/waiting.ts";
import { forEachLaunch } from "../../support/harness.ts";
import { exists, listing, stateFiles } from "../../support/image.ts";
import { Launcher } from "../../support/launcher.ts";
import { isTaken } from "../../support/machine/ports.ts";
import { isAlive, killByPid } from "../../support/machine/process_table.ts";

forEachLaunch("the state files exist during the run only", async (harness) => {
  const launcher = await harness.start();
  await launcher.ready();
  const { state } = launcher.image;
  assert.deepEqual(stateFiles(state), ["state.json", "tandem.lock", "tandem.pid"]);
  const pid = Number(Deno.readTextFileSync(`${state}/tandem.pid`));
  const recorded = JSON.parse(Deno.readTextFileSync(`${state}/state.json`));
  assert.equal(recorded.pid, pid);
  assert.equal(pid, harness.mode === "PID 1" ? 1 : launcher.pid);
  assert.equal(recorded.phase, "serving");
  launcher.signal("SIGTERM");
  assert.equal((await launcher.exit(5000)).code, 0);
  assert.deepEqual(listing(state), []);
});

forEachLaunch("tandem starts in spite of the files of a killed run", async (harness) => {
  const image = harness.image();
  {
    await using first = await Launcher.start(harness.edition, harness.mode, image);
    await first.ready();
    // A stopped master cannot remove its files when tandem is killed.
    for (const name of ["gunicorn", "nginx"] as const) killByPid(first.master(name), "SIGSTOP");
    const family = first.family();
    first.signal("SIGKILL");
    for (const { pid } of family) killByPid(pid, "SIGKILL");
    await until(5000, "the end of all", () => !family.some(({ pid }) => isAlive(pid)));
  }
  await until(5000, "a free port", async () => !await isTaken(image.port));
  assert.ok(exists(image.socket), "a stale socket");
  // What a kill leaves in the middle of a write; this one may have left the like by itself.
  Deno.writeTextFileSync(`${image.state}/state.json.new`, '{"pid":');
  assert.deepEqual(listing(image.state), [
    ...["state.json", "state.json.new", "tandem.lock", "tandem.pid"],
  ]);

  const second = await harness.start({ image });
  await second.ready();
});
