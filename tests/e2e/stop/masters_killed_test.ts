/** When either master ends, unasked, the pair ends: no half of it goes on serving. */

import assert from "node:assert/strict";
import { SCHEDULING_MS, until } from "../../support/waiting.ts";
import { forEachLaunch } from "../../support/harness.ts";
import { isAlive, killByPid } from "../../support/machine/process_table.ts";
import { warmUp } from "../../support/traffic/warm_up.ts";

interface Case {
  child: "nginx" | "gunicorn";
  signal: Deno.Signal;
  /** What the child's end is to tandem's caller. */
  status: number;
}

const cases: Case[] = [
  { child: "nginx", signal: "SIGKILL", status: 137 },
  { child: "gunicorn", signal: "SIGKILL", status: 137 },
  // Both of these end with 0, which is a failure all the same: nobody asked.
  { child: "nginx", signal: "SIGQUIT", status: 1 },
  { child: "gunicorn", signal: "SIGTERM", status: 1 },
];

for (const { child, signal, status } of cases) {
  forEachLaunch(`${signal} to ${child}'s master ends the pair with ${status}`, async (harness) => {
    const launcher = await harness.start({ args: ["--workers", "2"] });
    await launcher.ready();
    await warmUp(launcher, 2);
    const workers = [...launcher.workers("nginx"), ...launcher.workers("gunicorn")];
    assert.equal(workers.length, 3);

    const master = launcher.master(child);
    killByPid(master, signal);
    await until(10_000, `${child}'s end`, () => !isAlive(master));
    const endedAt = performance.now();
    const exit = await launcher.exit(20_000);

    assert.equal(exit.code, status);
    // The grace period, which would end it too, is 25 s.
    assert.ok(
      exit.at - endedAt < 2000 + SCHEDULING_MS,
      `ended ${exit.at - endedAt} ms after its child`,
    );
    assert.deepEqual(workers.filter(isAlive), [], "no orphaned worker is left");
    // As PID 1 the kernel would end them as well; tandem says that it has waited for them.
    await launcher.stderr.line(/stopped: .*nginx gone \d+ ms, gunicorn gone \d+ ms/, 0);
  });
}
