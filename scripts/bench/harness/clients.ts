/** Clients of the benchmark. */

import { ask } from "../../../tests/support/traffic/http_client.ts";
import { WORKERS } from "./image.ts";
import type { Launch } from "./launch.ts";

/** Sends requests until each worker has answered: one that is still booting can lose its SIGTERM and hang for 30 s. */
export async function warmUp(launch: Launch): Promise<void> {
  const { image } = launch;
  await launch.bounded("an answer from each worker", async () => {
    const requests = Array.from(
      { length: 4 * WORKERS },
      () => ask(image.port, "/invocations?sleep=0.02"),
    );
    await Promise.all(requests);
    return new Set(image.requestLog()).size === WORKERS;
  });
}
