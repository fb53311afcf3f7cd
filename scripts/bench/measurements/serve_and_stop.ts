/** What a client and an operator see of the real pair: when it serves, and when it is gone. */

import { pause } from "../../../tests/support/waiting.ts";
import { warmUp } from "../clients.ts";
import { Launch } from "../launch.ts";
import type { Measurement } from "../measurement.ts";

/**
 * gunicorn's gevent workers look once a second whether they are to end, counted from their start, so an idle stop takes
 * 0.1 to 1.2 s by chance alone. This is early enough in that second not to slip into the next.
 */
const STOP_AFTER_MS = 600;

export const serveAndStop: Measurement = {
  name: "serve",
  title: "The real pair: first 200 through nginx, and the stop when idle",
  notes: [
    "gunicorn with 2 gevent workers and an app that is imported at once; /ping is asked every millisecond.",
    "Other answers are those that the client got before the first 200.",
    "The stop is from SIGTERM to the end of the container. gunicorn's workers look once a second whether " +
    `to end, so it comes at the same moment for all, ${STOP_AFTER_MS} ms after the first 200. The seed's takes no ` +
    "time because it kills the pair; see the lost requests.",
  ],
  metrics: [
    { title: "first 200, ms", digits: 0 },
    { title: "other answers", digits: 0 },
    { title: "idle stop, ms", digits: 0 },
  ],
  rounds: (asked) => Math.ceil(asked * 2 / 3),
  order: "in turn",
  async measure(contender, workshop) {
    await using launch = new Launch(workshop, contender, {
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
