/** During start-up, clients get "connection refused" and then 200, nothing else. */

import assert from "node:assert/strict";
import { pause, within } from "../../support/waiting.ts";
import { forEachLaunch } from "../../support/harness.ts";
import { ask } from "../../support/traffic/http_client.ts";

/** Each client stops after this many results other than a refused connection. */
const STEADY = 50;

for (const seconds of [0, 1]) {
  forEachLaunch(`clients get no error while an app imports for ${seconds} s`, async (harness) => {
    const image = harness.image({ app: "slow_import.py" });
    const started = harness.start({ image, env: { IMPORT_SECONDS: `${seconds}` } });
    const seen = await within(
      20_000,
      "answers",
      Promise.all([poll(image.port), poll(image.port)]),
    );
    await (await started).ready();
    for (const answers of seen) {
      assert.deepEqual(answers.filter((answer) => answer !== "200"), [], "only 200 once accepted");
    }
  });
}

/** The status or error of each connection that was not refused. */
async function poll(port: number): Promise<string[]> {
  const answers: string[] = [];
  while (answers.length < STEADY) {
    try {
      answers.push(`${(await ask(port, "/ping")).status}`);
    } catch (error) {
      if (!(error instanceof Deno.errors.ConnectionRefused)) answers.push(`${error}`);
      await pause(1);
    }
  }
  return answers;
}
