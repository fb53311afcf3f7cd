/** `tandem stop`: stops the running tandem, and waits until it has exited. */

import { stillRuns } from "../host/state/instance.ts";
import { signalInstance } from "../host/state/signal_instance.ts";
import { monotonicClock as clock } from "../host/system/clock.ts";
import { writeToStderr, writeToStdout } from "../host/output/output.ts";
import { formatDuration } from "../plan/format.ts";
import type { Invocation } from "../plan/settings.ts";
import { AFTER_GRACE_MS } from "../plan/stop_times.ts";
import { findRunning } from "./running.ts";

/** The kernel does not report the exit of a process that is not our child. */
const POLL_MS = 20;

/** @returns the exit status */
export async function stop(invocation: Invocation): Promise<number> {
  const begin = clock.now();
  const running = findRunning(invocation);
  if (running.kind === "none") return fail(running.reason);
  const { state, folder, unseen } = running;
  const { pid, phase, limits: { grace } } = state;
  const { timeout } = invocation.options;
  const longest = timeout === undefined ? grace + AFTER_GRACE_MS : timeout * 1000;

  if (unseen) return fail(`cannot stop it: ${unseen}`);
  // A second SIGTERM would skip the drain delay.
  if (phase !== "draining") {
    if (signalInstance(state, "SIGTERM") === "not-permitted") {
      return fail(`not permitted to stop pid ${pid}: it belongs to another user`);
    }
  }
  if (pid === 1) {
    await writeToStderr(
      "tandem: sent SIGTERM to pid 1; the container stops with it, and so does this command\n",
    );
  }
  const deadline = begin + longest;
  while (stillRuns(folder, state)) {
    if (clock.now() >= deadline) {
      return fail(`pid ${pid} has not exited after ${formatDuration(longest)}`);
    }
    await clock.sleep(Math.min(POLL_MS, deadline - clock.now()));
  }
  writeToStdout(`stopped in ${formatDuration(clock.now() - begin)} (pid ${pid})\n`);
  return 0;
}

async function fail(reason: string): Promise<number> {
  await writeToStderr(`tandem: ${reason}\n`);
  return 1;
}
