/** The harness detects processes that a killed tandem leaves behind. */

import assert from "node:assert/strict";
import { forEachLaunch } from "../support/harness.ts";
import { Launcher } from "../support/launcher.ts";
import { killByPid } from "../support/machine/process_table.ts";

forEachLaunch("the harness finds and kills what a killed tandem leaves behind", async (harness) => {
  const image = harness.image();
  {
    await using launcher = await Launcher.start(harness.edition, harness.mode, image);
    await launcher.ready();
    const names = () => launcher.family().map(({ name }) => name).sort();
    const children = ["gunicorn", "gunicorn", "nginx", "nginx"];
    assert.deepEqual(names(), [...children, launcher.name].sort());

    // A stopped master outlives tandem even on the edition whose children get a signal when it dies.
    for (const name of ["nginx", "gunicorn"] as const) killByPid(launcher.master(name), "SIGSTOP");
    launcher.signal("SIGKILL");
    await assert.rejects(launcher.exit(500), /the output, which some process still holds/);
    assert.deepEqual(names(), children);
    await assert.rejects(launcher.assertNothingLeft(), /nginx \d+ T.*/s);
  }
  const next = await harness.start({ image });
  await next.ready();
}, ["ordinary process"]);
