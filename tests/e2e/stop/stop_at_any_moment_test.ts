/** However early it comes, a stop is heard and ends everything: no moment of the start is deaf to it. */

import assert from "node:assert/strict";
import { pause, until } from "../../support/waiting.ts";
import { forEachLaunch } from "../../support/harness.ts";
import { pool } from "../../support/pool.ts";
import { read } from "../../support/machine/process_table.ts";

const MOMENTS = 50;
/** From the first moment that a signal can be heard to well after the pair serves. */
const LAST_MOMENT_MS = 1000;
const AT_A_TIME = 4;

forEachLaunch(`SIGTERM at ${MOMENTS} moments of the start ends all in 5 s`, async (harness) => {
  const moments = Array.from(
    { length: MOMENTS },
    (_, index) => index * LAST_MOMENT_MS / (MOMENTS - 1),
  );
  const failures: string[] = [];
  await pool(AT_A_TIME, moments, async (moment) => {
    const launcher = await harness.start({ args: ["--workers", "2"] });
    await until(5000, "a launcher that hears signals", () => hearsSignals(launcher.pid));
    await pause(moment);
    launcher.signal("SIGTERM");
    try {
      assert.equal((await launcher.exit(5000)).code, 0);
      await launcher.assertNothingLeft();
    } catch (error) {
      failures.push(`${moment.toFixed()} ms: ${(error as Error).message}\n${launcher.story}`);
    }
  });
  assert.equal(failures.length, 0, failures.join("\n"));
});

const SIGSEGV = 11n;
const SIGWINCH = 28n;

/**
 * Whether the last of the listeners is there: a handler, or a block where signals are read from a descriptor.
 * SIGWINCH stands for it, because an emulator catches those signals for itself that end a process.
 */
function hearsSignals(pid: number): boolean {
  const status = read(pid, "status") ?? "";
  const has = (mask: string, signal: bigint) => {
    const bits = new RegExp(`^${mask}:\\s*([0-9a-f]+)$`, "m").exec(status)?.[1] ?? "0";
    return (BigInt(`0x${bits}`) & (1n << (signal - 1n))) !== 0n;
  };
  // The C library blocks all signals for a moment when it starts a thread: nobody listens to those.
  return has("SigCgt", SIGWINCH) || (has("SigBlk", SIGWINCH) && !has("SigBlk", SIGSEGV));
}
