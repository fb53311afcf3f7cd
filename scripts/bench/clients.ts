import { ask } from "../../tests/support/traffic/http_client.ts";
import { WORKERS } from "./image.ts";
import type { Launch } from "./launch.ts";

/** Asks until every worker has answered: one that is still booting can lose its SIGTERM and hang for 30 s. */
export async function warmUp(launch: Launch): Promise<void> {
  const { image } = launch;
  await launch.bounded("an answer of each worker", async () => {
    const questions = Array.from(
      { length: 4 * WORKERS },
      () => ask(image.port, "/invocations?sleep=0.02"),
    );
    await Promise.all(questions);
    return new Set(image.arrived()).size === WORKERS;
  });
}
