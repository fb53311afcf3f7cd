/** The start after a tandem that was killed, or that could not tidy up: it works, and leaves nothing. */

import assert from "node:assert/strict";
import { AFTER_GRACE_MS } from "../../../lib/plan/stop_times.ts";
import type { Harness } from "../../support/harness.ts";
import type { Launcher } from "../../support/launcher.ts";
import { killByPid } from "../../support/machine/process_table.ts";
import { ask } from "../../support/traffic/http_client.ts";
import { SCHEDULING_MS, until } from "../../support/waiting.ts";
import type { Expectation } from "./fault.ts";
import { commandFor, isSlim, type Setup } from "./setup.ts";

/** Of a SIGTERM to children that a killed tandem of the Deno edition leaves. */
const REPEAT_MS = 1500;

export async function startAgain(
  harness: Harness,
  launcher: Launcher,
  setup: Setup,
  { killsTandem }: Expectation,
  grace: number,
): Promise<void> {
  const { image } = launcher;
  const command = commandFor(image, setup, grace);
  const bound = grace * 1000 + AFTER_GRACE_MS + SCHEDULING_MS;
  const isOver = () => launcher.family().length === 0;
  if (killsTandem) {
    if (setup.mode === "PID 1" || isSlim(setup)) {
      await until(bound, "the end of a killed tandem's children", isOver);
    } else {
      await endChildren(launcher, bound);
    }
  }
  const next = await harness.start({ image, command });
  await next.ready();
  assert.equal((await ask(image.port, "/ping")).status, 200, "the next start serves");
  next.signal("SIGTERM");
  assert.equal((await next.exit(bound)).code, 0, "the stop of the next start");
}

/** Deno has no parent-death signal, so an ordinary process leaves its children running. */
async function endChildren(launcher: Launcher, bound: number): Promise<void> {
  let last = -Infinity;
  await until(bound, "the end of a killed tandem's children", () => {
    const left = launcher.family();
    if (performance.now() - last > REPEAT_MS) {
      for (const { pid } of left) killByPid(pid, "SIGTERM");
      last = performance.now();
    }
    return left.length === 0;
  });
}
