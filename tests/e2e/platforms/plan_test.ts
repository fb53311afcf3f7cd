/** `tandem plan`: a table and a snippet for each platform, which follow from the settings; `--json` for scripts. */

import assert from "node:assert/strict";
import { plannedPlatforms } from "../../../lib/plan/platforms.ts";
import { forEachLaunch, type Harness } from "../../support/harness.ts";
import { assertMatchesSchema } from "../../support/json_schemas.ts";

const ONCE = ["ordinary process"] as const;
const FAST_ENOUGH_MS = 30_000;

forEachLaunch("plan --json matches its schema for every platform", async (harness) => {
  for (const platform of plannedPlatforms) {
    const plan = JSON.parse(await printed(harness, ["plan", "--for", platform, "--json"]));
    assertMatchesSchema(plan, "plan");
    assert.equal(plan.platform, platform);
  }
}, ONCE);

forEachLaunch("plan: the numbers follow from flags and variables", async (harness) => {
  const flags = ["--grace-period", "50", "--timeout=100"];
  const env = { TANDEM_DRAIN_DELAY: "8", MODEL_SERVER_TIMEOUT: "30", TANDEM_START_TIMEOUT: "120" };
  const plan = JSON.parse(
    await printed(harness, ["plan", "--for=kubernetes", "--json", ...flags], env),
  );
  assert.deepEqual(plan.settings, {
    gracePeriod: 50,
    drainDelay: 8,
    startTimeout: 120,
    timeout: 100,
  });
  const value = (name: string) =>
    plan.numbers.find((number: { name: string }) => number.name === name)?.value;
  assert.equal(value("terminationGracePeriodSeconds"), 54);
  assert.equal(value("startupProbe.failureThreshold"), 25);
  assert.equal(value("livenessProbe.failureThreshold"), 11);
  assert.match(plan.snippet, /^ +terminationGracePeriodSeconds: 54$/m);
  assert.match(plan.snippet, /^ +- name: TANDEM_DRAIN_DELAY\n +value: "8"$/m);
}, ONCE);

forEachLaunch("plan prints a table with a reason each, then the snippet", async (harness) => {
  const text = await printed(harness, ["plan", "--for", "systemd"]);
  const [head, table, snippet, ...more] = text.split("\n\n");
  assert.equal(head, "systemd:");
  assert.deepEqual(more, []);
  const rows = table!.split("\n").map((line) => line.split(/ {2,}/));
  assert.ok(rows.every((row) => row.length === 3), table);
  assert.deepEqual(rows.map(([name, value]) => [name, value]), [
    ["TANDEM_GRACE_PERIOD", "25 s"],
    ["TANDEM_DRAIN_DELAY", "0 s"],
    ["TANDEM_START_TIMEOUT", "300 s"],
    ["TimeoutStopSec", "29 s"],
    ["TimeoutStartSec", "329 s"],
  ]);
  assert.match(snippet!, /^\[Service\]\n(.+=.+\n)+$/);
}, ONCE);

forEachLaunch(
  "plan without a platform, or with an unknown one, is wrong usage",
  async (harness) => {
    for (const flags of [[], ["--for", "nomad"], ["--for"]]) {
      const launcher = await harness.start({ command: ["plan", ...flags] });
      assert.equal((await launcher.exit(FAST_ENOUGH_MS)).code, 64);
      assert.match(launcher.stderr.text, /^tandem: .*--for.*\n$/);
      assert.equal(launcher.stdout.text, "");
    }
  },
  ONCE,
);

async function printed(
  harness: Harness,
  command: string[],
  env: Record<string, string> = {},
): Promise<string> {
  const launcher = await harness.start({ command, env });
  assert.equal((await launcher.exit(FAST_ENOUGH_MS)).code, 0);
  assert.equal(launcher.stderr.text, "");
  return launcher.stdout.text;
}
