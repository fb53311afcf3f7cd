/** The numbers in deploy/ against those of `tandem plan`, and the commands against tandem's own parser. */

import assert from "node:assert/strict";
import { settingsTable } from "../../../lib/cli/settings.ts";
import { variableOf } from "../../../lib/cli/settings/setting.ts";
import { planPlatform } from "../../../lib/plan/platform_plan.ts";
import { AFTER_GRACE_MS } from "../../../lib/plan/stop_times.ts";
import { readDeployed } from "../../support/manifests/deployed.ts";
import { readManifest } from "../../support/manifests/manifest.ts";
import { bareImage, invocationFor } from "../support/invocation_for.ts";

const known = Object.values(settingsTable).map(({ flag }) => variableOf(flag));

for (const { path, platform, args, env, ports, readyPaths, number, probes } of readDeployed()) {
  Deno.test(`deploy/${path}: tandem takes its commands and variables`, () => {
    const { port, readyPath } = invocationFor(args, env, bareImage).settings;
    assert.deepEqual([...new Set(ports)], [port]);
    assert.deepEqual(readyPaths.filter((path) => path !== readyPath), []);
    const own = Object.keys(env).filter((name) => name.startsWith("TANDEM_"));
    assert.deepEqual(own.filter((name) => !known.includes(name)), []);
    for (const [executable, ...words] of probes) {
      assert.equal(executable, "tandem");
      invocationFor(words, env, bareImage);
    }
  });

  if (platform === undefined) continue;
  Deno.test(`deploy/${path}: its numbers are those of tandem plan --for ${platform}`, () => {
    const { numbers } = planPlatform(invocationFor(args, env, bareImage), platform);
    const inManifest = (name: string) =>
      // tandem's own default.
      name.startsWith("TANDEM_") ? Number(env[name] ?? 0) : number(name);
    assert.deepEqual(
      numbers.map(({ name }) => [name, inManifest(name)]),
      numbers.map(({ name, value }) => [name, value]),
    );
  });
}

// Knative makes the pod's time for a stop of the revision's time-out.
Deno.test("deploy/knative/service.yaml: a stop gets the time that it may take", () => {
  const { spec } = readManifest("knative/service.yaml");
  const [container] = spec.template.spec.containers;
  const { value } = container.env.find(({ name }: { name: string }) =>
    name === "TANDEM_GRACE_PERIOD"
  );
  assert.equal(spec.template.spec.timeoutSeconds, Number(value) + AFTER_GRACE_MS / 1000);
});
