/** `systemctl reload`, with a conf that is right and with one that is not. */

import assert from "node:assert/strict";
import type { Machine } from "./machine.ts";
import type { Program } from "./program.ts";

export async function tryReload(
  machine: Machine,
  program: Program,
  unit: string,
  isBefore253: boolean,
): Promise<void> {
  const workers = () => machine.processes("gunicorn").map(({ pid }) => pid);
  const master = machine.master("gunicorn");
  const old = workers();
  await machine.systemctl("reload", unit);
  assert.deepEqual(workers().filter((pid) => old.includes(pid)), [master], "fresh workers only");
  assert.match(await machine.show(unit, "StatusText"), /^serving, reloaded in /);

  program.writeConf("lsten 80;");
  const fresh = workers();
  const { code } = await machine.run("systemctl", "reload", unit);
  // Type=notify-reload has no message for a reload that failed.
  assert.equal(code, isBefore253 ? 1 : 0);
  assert.deepEqual(workers(), fresh, "a rejected reload changes nothing");
  assert.match(
    await machine.show(unit, "StatusText"),
    /^serving, reload rejected, still on the old configuration: .*unknown directive "lsten"/,
  );
  assert.equal(await machine.show(unit, "ActiveState"), "active");
  program.writeConf();
}
