/** During start-up, clients get "connection refused" and then 200, nothing else. */

import assert from "node:assert/strict";
import { within } from "../../support/waiting.ts";
import { forEachLaunch } from "../../support/harness.ts";
import { pollStart } from "../../support/traffic/poll.ts";

for (const seconds of [0, 1]) {
  forEachLaunch(`clients get no error while an app imports for ${seconds} s`, async (harness) => {
    const image = harness.image({ app: "slow_import.py" });
    const started = harness.start({ image, env: { IMPORT_SECONDS: `${seconds}` } });
    const seen = await within(
      20_000,
      "answers",
      Promise.all([pollStart(image.port), pollStart(image.port)]),
    );
    await (await started).ready();
    for (const answers of seen) {
      assert.deepEqual(answers.filter((answer) => answer !== "200"), [], "only 200 once accepted");
    }
  });
}
