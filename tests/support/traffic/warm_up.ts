import { until } from "../waiting.ts";
import { ask } from "./http_client.ts";
import type { Launcher } from "../launcher.ts";

/**
 * Sends requests until each of gunicorn's workers has answered; needs `app.py`. A worker that is still booting can lose
 * a signal of the test; tandem repeats its own.
 */
export async function warmUp({ image }: Launcher, workers: number): Promise<void> {
  await until(10_000, `an answer of each of ${workers} workers`, async () => {
    const questions = Array.from(
      { length: 4 * workers },
      () => ask(image.port, "/invocations?sleep=0.02"),
    );
    await Promise.all(questions);
    return new Set(image.arrived()).size === workers;
  });
}
