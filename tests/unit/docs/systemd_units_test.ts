import assert from "node:assert/strict";
import { root } from "../../../scripts/imports.ts";
import { AFTER_GRACE_MS } from "../../../lib/plan/stop_times.ts";
import { planLaunch } from "../../../lib/plan/launch_plan.ts";
import { invocationFor } from "../support/invocation_for.ts";

/** "Section.Key=value" for each line, in order. */
function settingsOf(name: string): string[] {
  let section = "";
  return Deno.readTextFileSync(`${root}deploy/systemd/${name}`).split("\n").flatMap((line) => {
    section = /^\[(\w+)\]$/.exec(line)?.[1] ?? section;
    return /^[A-Z]\w*=/.test(line) ? [`${section}.${line}`] : [];
  });
}

function valueOf(name: string, key: string): string {
  const [value] = settingsOf(name).flatMap((line) => line.startsWith(`${key}=`) ? [line] : []);
  return value?.slice(key.length + 1) ?? assert.fail(`${name} has no ${key}`);
}

const units = ["tandem.service", "tandem@.service"];

Deno.test("systemd units: the template differs from the unit only in what is each instance's own", () => {
  const [unit, template] = units.map(settingsOf) as [string[], string[]];
  const own = (lines: string[], others: string[]) => lines.filter((line) => !others.includes(line));
  const keysOf = (lines: string[]) => [...new Set(lines.map((line) => line.split("=")[0]))].sort();
  assert.deepEqual(keysOf(own(unit, template)), keysOf(own(template, unit)));
  for (const line of own(template, unit)) {
    assert.ok(line.includes("%i") || line.endsWith("TANDEM_NGINX_CONF=builtin"), line);
  }
});

for (const name of units) {
  Deno.test(`systemd units: ${name} waits for a whole drain, and the watchdog for a busy app`, () => {
    const invocation = invocationFor([]);
    const { deadlines } = planLaunch(invocation);
    const stop = Number(valueOf(name, "Service.TimeoutStopSec")) * 1000;
    assert.ok(stop >= deadlines.grace + AFTER_GRACE_MS, `${stop} ms`);
    const half = Number(valueOf(name, "Service.WatchdogSec")) / 2;
    assert.ok(half > invocation.settings.timeout, `half of the watchdog's time is ${half} s`);
    assert.equal(valueOf(name, "Service.KillMode"), "mixed");
    assert.equal(valueOf(name, "Service.RestartPreventExitStatus"), "64 78");
  });
}
