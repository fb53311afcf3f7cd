/** If either master exits by itself, tandem stops the other one and exits. */

import assert from "node:assert/strict";
import { SCHEDULING_MS, until } from "../../support/waiting.ts";
import { forEachLaunch } from "../../support/harness.ts";
import { isAlive, killByPid } from "../../support/machine/process_table.ts";
import { warmUp } from "../../support/traffic/warm_up.ts";

interface Case {
  child: "nginx" | "gunicorn";
  signal: Deno.Signal;
  /** tandem's exit status. */
  status: number;
}

const cases: Case[] = [
  { child: "nginx", signal: "SIGKILL", status: 137 },
  { child: "gunicorn", signal: "SIGKILL", status: 137 },
  // Both masters exit with 0, which is a failure too: nothing requested a stop.
  { child: "nginx", signal: "SIGQUIT", status: 1 },
  { child: "gunicorn", signal: "SIGTERM", status: 1 },
];

for (const { child, signal, status } of cases) {
  forEachLaunch(`${signal} to ${child}'s master ends the run with ${status}`, async (harness) => {
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
    // With tandem as PID 1, the kernel would kill them too; this line shows that tandem waited for them.
    await launcher.stderr.line(/stopped: .*nginx gone \d+ ms, gunicorn gone \d+ ms/, 0);
  });
}
