/** `tandem stop`: asks the running pair to stop, and waits until it is gone. */

import { signalInstance } from "../host/state/signal_instance.ts";
import { monotonicClock as clock } from "../host/system/clock.ts";
import { writeToStderr, writeToStdout } from "../host/output/output.ts";
import { isAlive } from "../host/state/file.ts";
import { formatDuration } from "../plan/format.ts";
import type { Invocation } from "../plan/settings.ts";
import { findRunning } from "./running.ts";

/** Beyond the grace period: for what was killed to be reaped, and the last words to be read. */
const RESERVE_MS = 5000;
/** Nobody is told of the end of a process that is not his child. */
const POLL_MS = 20;

/** @returns the exit status */
export async function stop(request: Invocation): Promise<number> {
  const begin = clock.now();
  const running = findRunning(request);
  if (running.kind === "nothing") return fail(running.reason);
  const { state } = running;
  const { pid, phase, limits: { gracePeriod } } = state;
  const { timeout } = request.options;
  const patience = timeout === undefined ? gracePeriod + RESERVE_MS : timeout * 1000;

  // Asked once more, a tandem that drains already would hurry.
  if (phase !== "draining") {
    const asked = signalInstance(state, "SIGTERM");
    if (asked === "not permitted") {
      return fail(`not permitted to stop pid ${pid}: it is another user's`);
    }
  }
  if (pid === 1) {
    writeToStderr(
      "tandem: asked pid 1 to stop; the container ends with it, and this command too\n",
    );
  }
  const deadline = begin + patience;
  while (isAlive(state)) {
    if (clock.now() >= deadline) {
      return fail(`pid ${pid} is still there after ${formatDuration(patience)}`);
    }
    await clock.sleep(Math.min(POLL_MS, deadline - clock.now()));
  }
  writeToStdout(`stopped in ${formatDuration(clock.now() - begin)} (pid ${pid})\n`);
  return 0;
}

function fail(reason: string): number {
  writeToStderr(`tandem: ${reason}\n`);
  return 1;
}
