/** "Nothing is left" is worth something only where the tests would see what is left. */

import assert from "node:assert/strict";
import { forEachLaunch } from "../support/harness.ts";
import { Launcher } from "../support/launcher.ts";
import { killByPid } from "../support/machine/process_table.ts";

forEachLaunch("what a killed launcher leaves is found, and is killed", async (harness) => {
  const image = harness.image();
  {
    await using launcher = await Launcher.start(harness.edition, harness.mode, image);
    await launcher.ready();
    const names = () => launcher.family().map(({ name }) => name).sort();
    const children = ["gunicorn", "gunicorn", "nginx", "nginx"];
    assert.deepEqual(names(), [...children, launcher.name].sort());

    // Stopped, the masters outlive tandem even where its end is a signal to them.
    for (const name of ["nginx", "gunicorn"] as const) killByPid(launcher.master(name), "SIGSTOP");
    launcher.signal("SIGKILL");
    await assert.rejects(launcher.exit(500), /the output, which some process still holds/);
    assert.deepEqual(names(), children);
    await assert.rejects(launcher.assertNothingLeft(), /nginx \d+ T.*/s);
  }
  const next = await harness.start({ image });
  await next.ready();
}, ["ordinary process"]);
