/** What systemd itself says of the units. */

import assert from "node:assert/strict";
import type { Machine } from "./machine.ts";

/** @returns the exposure of `systemd-analyze security`: 0 is none, 10 is all */
export async function verifyUnits(machine: Machine, isBefore253: boolean): Promise<string> {
  const units = ["tandem.service", "tandem@.service"].map((name) => `/etc/systemd/system/${name}`);
  const { stderr } = await machine.run("systemd-analyze", "verify", ...units);
  const complaints = stderr.split("\n").filter((line) =>
    line && !(isBefore253 && /service type, ignoring: notify-reload$/.test(line))
  );
  assert.deepEqual(complaints, []);
  const levels: string[] = [];
  for (const unit of units) {
    const security = ["security", "--offline=true", "--no-pager", unit];
    const { stdout } = await machine.run("systemd-analyze", ...security);
    levels.push(/Overall exposure level for [^:]*: ([\d.]+)/.exec(stdout)?.[1] ?? stdout);
  }
  assert.equal(levels[0], levels[1], "the template is as hardened as the unit");
  return levels[0]!;
}
