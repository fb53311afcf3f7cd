import assert from "node:assert/strict";
import type { SignalName } from "../../../lib/plan/signals.ts";
import { openStopRequests } from "../../../lib/supervise/stop_requests.ts";
import { FakeClock } from "../support/fake_clock.ts";

/**
 * Sends the signals, each `after` milliseconds after the previous one.
 * @returns what each of them requested
 */
async function send(...signals: [after: number, signal: SignalName][]): Promise<string[]> {
  const clock = new FakeClock();
  const requests = openStopRequests(clock);
  const requested: string[] = [];
  requests.stop.then((signal) => requested.push(`${clock.now()}: stop by ${signal}`));
  requests.skipDelay.then(() => requested.push(`${clock.now()}: skipDelay`));
  requests.killNow.then(() => requested.push(`${clock.now()}: killNow`));
  for (const [after, signal] of signals) {
    await clock.advance(after);
    requests.handlers.stop(signal);
    await clock.settle();
  }
  return requested;
}

for (const signal of ["SIGTERM", "SIGINT", "SIGQUIT"] as const) {
  Deno.test(`requests: ${signal} requests a stop`, async () => {
    assert.deepEqual(await send([5, signal]), [`5: stop by ${signal}`]);
  });
}

Deno.test("requests: a second signal skips the delay, a third ends the grace period, more do nothing", async () => {
  assert.deepEqual(
    await send([0, "SIGTERM"], [1000, "SIGTERM"], [500, "SIGTERM"], [500, "SIGTERM"]),
    ["0: stop by SIGTERM", "1000: skipDelay", "1500: killNow"],
  );
});

Deno.test("requests: SIGTERM and SIGINT count alike, and two different signals at once are two requests", async () => {
  assert.deepEqual(
    await send([0, "SIGINT"], [0, "SIGTERM"], [20, "SIGINT"]),
    ["0: stop by SIGINT", "0: skipDelay", "20: killNow"],
  );
});

Deno.test("requests: one keystroke whose signal arrives twice is one request", async () => {
  assert.deepEqual(await send([0, "SIGINT"], [0, "SIGINT"], [99, "SIGINT"]), [
    "0: stop by SIGINT",
  ]);
  assert.deepEqual(await send([0, "SIGINT"], [100, "SIGINT"]), [
    "0: stop by SIGINT",
    "100: skipDelay",
  ]);
});

Deno.test("requests: the echo of a second keystroke is not a third request", async () => {
  assert.deepEqual(
    await send([0, "SIGINT"], [2, "SIGINT"], [1000, "SIGINT"], [2, "SIGINT"]),
    ["0: stop by SIGINT", "1002: skipDelay"],
  );
});

Deno.test("requests: SIGQUIT stops but never escalates", async () => {
  assert.deepEqual(
    await send([0, "SIGTERM"], [1000, "SIGQUIT"], [1000, "SIGQUIT"]),
    ["0: stop by SIGTERM"],
  );
  assert.deepEqual(
    await send([0, "SIGQUIT"], [1000, "SIGQUIT"], [1000, "SIGTERM"], [1000, "SIGTERM"]),
    ["0: stop by SIGQUIT", "2000: skipDelay", "3000: killNow"],
  );
});

Deno.test("requests: a stop before the run waits for it is not lost", async () => {
  const requests = openStopRequests(new FakeClock());
  requests.handlers.stop("SIGTERM");
  assert.equal(await requests.stop, "SIGTERM");
});

Deno.test("requests: the other signals go to the current control handler", () => {
  const requests = openStopRequests(new FakeClock());
  const seen: string[] = [];
  requests.handlers.reload("SIGHUP"); // Before there is one.
  requests.onControl = (action, signal) => void seen.push(`${signal}: ${action}`);

  requests.handlers.reload("SIGHUP");
  requests.handlers["reopen-logs"]("SIGUSR1");
  requests.handlers["more-workers"]("SIGTTIN");
  requests.onControl = (action) => void seen.push(`later: ${action}`);
  requests.handlers["fewer-workers"]("SIGTTOU");

  assert.deepEqual(seen, [
    "SIGHUP: reload",
    "SIGUSR1: reopen-logs",
    "SIGTTIN: more-workers",
    "later: fewer-workers",
  ]);
});
