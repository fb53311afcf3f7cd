/** How many requests in flight a stop loses. */

import { ask } from "../../../tests/support/traffic/http_client.ts";
import { pause } from "../../../tests/support/waiting.ts";
import { warmUp } from "../harness/clients.ts";
import { Launch } from "../harness/launch.ts";
import type { Measurement } from "../measurement.ts";

export const EACH = 16;
const SECONDS = 0.8;
const PIECES = 8;

export const lostRequests: Measurement = {
  name: "loss",
  title: "Of 32 requests in flight at the stop, how many are lost",
  notes: [
    `${EACH} wait ${SECONDS} s for the app, ${EACH} upload for as long; lost is every request without a complete 200.`,
  ],
  metrics: [
    { title: "lost answers", digits: 0 },
    { title: "lost uploads", digits: 0 },
    { title: "lost of 32", digits: 0 },
  ],
  rounds: (asked) => Math.ceil(asked / 5),
  order: "in turn",
  async measure(candidate, benchFolder) {
    await using launch = new Launch(benchFolder, candidate, {
      pair: "nginx and gunicorn",
      asInit: true,
    });
    const { image } = launch;
    await launch.firstAnswer();
    await warmUp(launch);

    const before = image.requestLog().length;
    const dribble = { pieces: PIECES, pauseMs: SECONDS * 1000 / PIECES };
    const body = "x".repeat(PIECES);
    const lost = Promise.all([
      countLost(() => ask(image.port, `/invocations?sleep=${SECONDS}`)),
      countLost(() => ask(image.port, "/invocations", { body, dribble })),
    ]);
    await launch.bounded(
      "all requests in the app",
      () => image.requestLog().length >= before + EACH,
    );
    // The uploads have begun by then; after two more pieces nginx has certainly received a part of each.
    await pause(2 * dribble.pauseMs);
    await launch.stop();
    const [answers, uploads] = await lost;
    return [answers, uploads, answers + uploads];
  },
};

async function countLost(request: () => Promise<{ status: number }>): Promise<number> {
  const settled = await Promise.allSettled(Array.from({ length: EACH }, request));
  return settled.filter((one) => one.status === "rejected" || one.value.status !== 200).length;
}
