/** A stop works at every moment of the start. */

import assert from "node:assert/strict";
import { pause, SCHEDULING_MS, until } from "../../support/waiting.ts";
import { forEachLaunch } from "../../support/harness.ts";
import { exists } from "../../support/image.ts";
import { pool } from "../../support/pool.ts";
import { handlesSignals } from "../../support/machine/handled_signals.ts";

const MOMENTS = 50;
/** Counted from when tandem handles signals; the pair is ready well before this. */
const LAST_MOMENT_MS = 1000;
const AT_A_TIME = 4;

forEachLaunch(`SIGTERM ends a start within 5 s, at ${MOMENTS} moments`, async (harness) => {
  const moments = Array.from(
    { length: MOMENTS },
    (_, index) => index * LAST_MOMENT_MS / (MOMENTS - 1),
  );
  const failures: string[] = [];
  await pool(AT_A_TIME, moments, async (moment) => {
    const launcher = await harness.start({ args: ["--workers", "2"] });
    await until(SCHEDULING_MS, "a tandem that handles signals", () => handlesSignals(launcher.pid));
    await pause(moment);
    launcher.signal("SIGTERM");
    try {
      assert.equal((await launcher.exit(5000)).code, 0);
      await launcher.assertNothingLeft();
    } catch (error) {
      failures.push(`${moment.toFixed()} ms: ${(error as Error).message}\n${launcher.story}`);
    }
  });
  assert.equal(failures.length, 0, failures.join("\n"));
});

forEachLaunch("a stop does not wait for the import of the app", async (harness) => {
  const launcher = await harness.start({
    app: 'import time\nopen("importing", "w").close()\ntime.sleep(300)\n',
    // gunicorn itself would wait for its worker until its --graceful-timeout, 100 s here.
    args: ["--grace-period", "105"],
  });
  const isImporting = () => exists(`${launcher.image.program}/importing`);
  await until(60_000, "a worker that imports the app", isImporting);
  launcher.signal("SIGTERM");
  const { code } = await launcher.exit(2000 + 3 * SCHEDULING_MS);
  assert.equal(code, 0, "no request was lost");
  await launcher.assertNothingLeft();
});
