/** In the background of a terminal with `stty tostop`, tandem writes, idles and stops as anywhere. */

import assert from "node:assert/strict";
import { forEachLaunch } from "../../support/harness.ts";
import { fixtures } from "../../support/paths.ts";
import { pause, until } from "../../support/waiting.ts";

const TICKS_PER_SECOND = 100;

forEachLaunch(
  "tandem in the background of a terminal with tostop serves and stops",
  async (harness) => {
    const launcher = await harness.start({
      prefix: ["python3", `${fixtures}/background.py`],
      args: ["--workers", "2"],
    });
    await launcher.ready();
    const before = cpuTicks(launcher.pid);
    await pause(1000);
    const used = cpuTicks(launcher.pid) - before;
    assert.ok(used < TICKS_PER_SECOND / 2, `${used} ticks in a second`);
    assert.equal(launcher.workers("gunicorn").length, 2);
    const status = Deno.readTextFileSync(`/proc/${launcher.master("gunicorn")}/status`);
    assert.match(status, /^SigBlk:\s0+$/m, "the children inherit no blocked signal");
    launcher.signal("SIGTTOU");
    await until(20_000, "one worker less", () => launcher.workers("gunicorn").length === 1);
    launcher.signal("SIGTERM");
    assert.equal((await launcher.exit(20_000)).code, 0);
    await launcher.stdout.line(/stopped: SIGTERM/, 0);
  },
  ["ordinary process"],
);

function cpuTicks(pid: number): number {
  const stat = Deno.readTextFileSync(`/proc/${pid}/stat`);
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  return Number(fields[11]) + Number(fields[12]);
}
