/** Two models on one machine, by the template. */

import type { Edition } from "../../support/editions.ts";
import type { Figures } from "../platform.ts";
import assert from "node:assert/strict";
import { isState, sendInFlight, start } from "./checks.ts";
import { Machine } from "./machine.ts";
import { Program } from "./program.ts";
import type { Systemd } from "./trials.ts";

export async function tryTwoInstances(
  systemd: Systemd,
  edition: Edition,
  inFlight: number,
): Promise<Figures> {
  const [one, other] = ["/run/tandem-one", "/run/tandem-other"] as const;
  using first = new Program(one, 8081);
  using second = new Program(other, 8082);
  const binds = { "/opt/models/one": first.folder, "/opt/models/other": second.folder };
  await using machine = await Machine.boot(systemd.root, edition, { ...systemd, binds });
  for (const name of ["one", "other"]) {
    const settings = `TANDEM_NGINX_CONF=/opt/models/${name}/nginx.conf\n`;
    machine.write(`/etc/tandem/${name}.env`, settings);
  }
  await Promise.all([
    start(machine, "tandem@one", one),
    start(machine, "tandem@other", other),
  ]);
  const stopped = await sendInFlight(machine, one, inFlight);
  const going = await sendInFlight(machine, other, inFlight);
  await machine.systemctl("stop", "--no-block", "tandem@one");
  await isState(machine, "tandem@one", "deactivating");
  stopped.answer();
  const figures = await stopped.requests.allAnswered();
  await isState(machine, "tandem@one", "inactive");
  assert.equal(await machine.ready(other), 200, "the other one serves on");
  going.answer();
  await going.requests.allAnswered();
  const { stdout } = await machine.run("tandem", "status", "--state-dir", other);
  assert.match(stdout, /serving/);
  return { ...figures, remarks: `${inFlight} of ${inFlight} of the other instance, too` };
}
