/** A stop answers every request that arrived before it. */

import assert from "node:assert/strict";
import { until } from "../../support/waiting.ts";
import { forEachLaunch } from "../../support/harness.ts";
import { type Answer, ask } from "../../support/traffic/http_client.ts";
import type { Launcher } from "../../support/launcher.ts";

const REQUESTS = 64;

for (const signal of ["SIGTERM", "SIGINT", "SIGQUIT"] as const) {
  forEachLaunch(`a stop by ${signal} answers ${REQUESTS} requests in the app`, async (harness) => {
    const launcher = await harness.start({ args: ["--workers", "2"] });
    await launcher.ready();
    const answers = inFlight(() => ask(launcher.image.port, "/invocations?sleep=1.5"));
    await until(
      5000,
      "all requests in the app",
      () => launcher.image.arrived().length === REQUESTS,
    );
    await assertAllAnswered(launcher, signal, answers, "0 bytes");
  });
}

forEachLaunch(`a stop answers ${REQUESTS} requests whose bodies still arrive`, async (harness) => {
  const launcher = await harness.start({ args: ["--workers", "2"] });
  await launcher.ready();
  const { port } = launcher.image;
  const body = "x".repeat(3000);
  const answers = inFlight(() =>
    ask(port, "/invocations", { body, dribble: { pieces: 10, pauseMs: 150 } })
  );
  // nginx accepts connections in order, so once this one is answered it has accepted all of them.
  await ask(port, "/ping");
  assert.deepEqual(launcher.image.arrived(), [], "no body is complete yet");
  await assertAllAnswered(launcher, "SIGTERM", answers, "3000 bytes");
});

function inFlight(request: () => Promise<Answer>): Promise<Answer>[] {
  return Array.from({ length: REQUESTS }, request);
}

async function assertAllAnswered(
  launcher: Launcher,
  signal: Deno.Signal,
  answers: Promise<Answer>[],
  body: string,
): Promise<void> {
  launcher.signal(signal);
  const [exit, ...results] = await Promise.all([
    launcher.exit(25_000),
    ...answers.map((answer) => answer.catch((error: Error) => error.message)),
  ]);
  assert.deepEqual(results, results.map(() => ({ status: 200, body })));
  assert.equal(exit.code, 0);
}
