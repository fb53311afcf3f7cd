/** With the real pair: the time to the first 200, and the time of a stop without requests. */

import { pause } from "../../../tests/support/waiting.ts";
import { warmUp } from "../harness/clients.ts";
import { Launch } from "../harness/launch.ts";
import type { Measurement } from "../measurement.ts";

/**
 * gunicorn's gevent workers check once a second, counted from their start, whether to exit, so the time of an idle stop
 * is 0.1 s to 1.2 s by chance. This is early enough in that second not to slip into the next.
 */
const STOP_AFTER_MS = 600;

export const serveAndStop: Measurement = {
  name: "serve",
  title: "The real pair: first 200 through nginx, and the stop when idle",
  notes: [
    "gunicorn with 2 gevent workers and an app that imports at once; a client asks for /ping every millisecond.",
    "Other answers: what the client got before the first 200.",
    "The stop is from SIGTERM to the exit of the container. gunicorn's workers check once a second whether " +
    `to exit, so the stop comes ${STOP_AFTER_MS} ms after the first 200 for all. The seed's takes no time ` +
    "because it kills the pair; see the lost requests.",
  ],
  metrics: [
    { title: "first 200, ms", digits: 0 },
    { title: "other answers", digits: 0 },
    { title: "idle stop, ms", digits: 0 },
  ],
  rounds: (asked) => Math.ceil(asked * 2 / 3),
  order: "in turn",
  async measure(candidate, benchFolder) {
    await using launch = new Launch(benchFolder, candidate, {
      pair: "nginx and gunicorn",
      asInit: true,
    });
    const { milliseconds, refusals } = await launch.firstAnswer();
    const served = performance.now();
    await warmUp(launch);
    await pause(served + STOP_AFTER_MS - performance.now());
    return [milliseconds, refusals, await launch.stop()];
  },
};
