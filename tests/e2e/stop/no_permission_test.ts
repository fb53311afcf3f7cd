/** A process that tandem may not signal is said and left; everything else is ended all the same. */

import assert from "node:assert/strict";
import { forEachLaunch, type Harness } from "../../support/harness.ts";
import type { Launcher } from "../../support/launcher.ts";
import { isAlive, killByPid } from "../../support/machine/process_table.ts";
import { exists, type Image } from "../../support/image.ts";
import { SCHEDULING_MS, until } from "../../support/waiting.ts";

const NEEDS = { root: true, tools: ["setpriv"] };
/** root, as in most containers, but without the right to signal other users' processes. */
const WITHOUT_KILL = ["setpriv", "--bounding-set=-kill"];

async function startWithoutKill(harness: Harness) {
  const image = harness.image();
  const args = ["--gunicorn", gunicornOfNobody(image)];
  const launcher = await harness.start({ image, prefix: WITHOUT_KILL, args });
  await launcher.ready();
  return { launcher, image };
}

forEachLaunch(
  "a gunicorn of another user does not keep nginx from being drained",
  async (harness) => {
    const { launcher, image } = await startWithoutKill(harness);
    const master = launcher.master("gunicorn");
    const nginx = [launcher.master("nginx"), ...launcher.workers("nginx")];

    const askedAt = performance.now();
    launcher.signal("SIGTERM");
    await until(20_000, "tandem's end", () => !launcher.isRunning);
    const took = performance.now() - askedAt;
    // It does not wait for what cannot come; the grace period is 25 s.
    assert.ok(took < 5000 + SCHEDULING_MS, `ended after ${took} ms`);
    assert.ok(hasLine(launcher, /warning: may not signal gunicorn \(pid \d+\): .*CAP_KILL/));
    assert.ok(hasLine(launcher, /error: gunicorn \(pid \d+\) still runs, and tandem may not end/));
    assert.deepEqual(nginx.filter(isAlive), [], "nginx has exited");
    // As PID 1 tandem's exit makes the kernel end the namespace.
    assert.equal(isAlive(master), harness.mode === "ordinary process");
    assert.equal(await endByHand(launcher, image), 124);
  },
  ["PID 1", "ordinary process"],
  NEEDS,
);

forEachLaunch(
  "a reload that gunicorn cannot get is an error, and the pair serves on",
  async (harness) => {
    const { launcher, image } = await startWithoutKill(harness);
    launcher.signal("SIGHUP");
    await launcher.line(/error: SIGHUP: may not signal gunicorn/);
    launcher.signal("SIGTERM");
    await until(20_000, "tandem's end", () => !launcher.isRunning);
    assert.equal(await endByHand(launcher, image), 124);
  },
  ["ordinary process"],
  NEEDS,
);

function gunicornOfNobody(image: Image): string {
  Deno.chmodSync(image.folder, 0o777);
  Deno.chmodSync(image.program, 0o777);
  const path = `${image.folder}/gunicorn`;
  const user = "--reuid 65534 --regid 65534 --clear-groups";
  Deno.writeTextFileSync(path, `#!/bin/sh\nexec setpriv ${user} gunicorn "$@"\n`, { mode: 0o755 });
  return path;
}

function hasLine(launcher: Launcher, pattern: RegExp): boolean {
  return launcher.lines.some((line) => pattern.test(line));
}

/** Ends what tandem had to leave. @returns tandem's exit status */
async function endByHand(launcher: Launcher, image: Image): Promise<number> {
  for (const { pid } of launcher.family()) killByPid(pid, "SIGTERM");
  await until(20_000, "gunicorn's end", () => launcher.family().length === 0);
  if (exists(image.socket)) Deno.removeSync(image.socket);
  return (await launcher.exit(5000)).code;
}
