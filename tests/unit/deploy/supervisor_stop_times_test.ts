/** Every supervisor of deploy/ waits as long as a stop with the default settings can take. */

import assert from "node:assert/strict";
import { planLaunch } from "../../../lib/plan/launch_plan.ts";
import { AFTER_GRACE_MS } from "../../../lib/plan/stop_times.ts";
import { repository } from "../../support/paths.ts";
import { invocationFor } from "../support/invocation_for.ts";

const SECOND = 1000;

/** Files of deploy/, the number in them, and its unit in milliseconds. */
const waits: [file: string, wait: RegExp, unit: number][] = [
  ["s6/tandem/timeout-kill", /^(\d+)$/m, 1],
  ["s6-overlay/etc/s6-overlay/s6-rc.d/tandem/timeout-kill", /^(\d+)$/m, 1],
  ["supervisord/tandem.conf", /^stopwaitsecs=(\d+)$/m, SECOND],
  ["openrc/tandem", /^retry="SIGTERM\/(\d+)\/SIGKILL/m, SECOND],
  ["monit/tandem", /tandem stop" with timeout (\d+) seconds$/m, SECOND],
];

for (const [file, wait, unit] of waits) {
  Deno.test(`deploy/${file}: a stop is not cut short`, () => {
    const text = Deno.readTextFileSync(`${repository}/deploy/${file}`);
    const milliseconds = Number(wait.exec(text)?.[1]) * unit;
    const longest = planLaunch(invocationFor([])).deadlines.grace + AFTER_GRACE_MS;
    assert.ok(milliseconds >= longest, `${milliseconds} ms, and a stop can take ${longest} ms`);
    // SageMaker, Kubernetes and ECS wait for 30 s by default.
    assert.ok(milliseconds <= 30 * SECOND);
  });
}
