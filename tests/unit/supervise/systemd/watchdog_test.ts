import assert from "node:assert/strict";
import { feedWatchdog } from "../../../../lib/supervise/systemd/watchdog.ts";
import { FakeClock } from "../../support/fake_clock.ts";
import { fakeLog } from "../fake_log.ts";

const PERIOD_MS = 40_000;

/** @param answer the status that the ready path answers at that time, after how many milliseconds */
function scene(answer: (now: number) => { status: number; after?: number } | "refused") {
  const clock = new FakeClock();
  const log = fakeLog();
  const pings: number[] = [];
  const over = new AbortController();
  let stopped: string | undefined;
  const feeding = feedWatchdog(PERIOD_MS, {
    ...{ clock, log },
    async probe(signal) {
      const answered = answer(clock.now());
      if (answered === "refused") throw new Error("Connection refused");
      if (answered.after) await clock.sleep(answered.after, signal);
      return answered.status;
    },
    findStopped: () => stopped,
    ping: () => void pings.push(clock.now()),
  }, over.signal);
  feeding.catch(() => {});
  return {
    ...{ clock, log, pings },
    stop: (text: string | undefined) => void (stopped = text),
    async end() {
      over.abort("over");
      await assert.rejects(feeding, (reason) => reason === "over");
      await clock.settle();
      assert.equal(clock.liveTimers, 0);
    },
  };
}

Deno.test("watchdog: a healthy pair is a sign of life at once and each half of the period", async () => {
  const { clock, log, pings, end } = scene(() => ({ status: 200, after: 300 }));
  await clock.advance(61_000);
  assert.deepEqual(pings, [300, 20_300, 40_300, 60_300]);
  assert.deepEqual(log.events, []);
  await end();
});

Deno.test("watchdog: a slow answer does not shift the later ones", async () => {
  const slow = (now: number) => ({ status: 200, after: now < 20_000 ? 15_000 : 10 });
  const { clock, log, pings, end } = scene(slow);
  await clock.advance(41_000);
  assert.deepEqual(pings, [15_000, 20_010, 40_010]);
  assert.deepEqual(log.events, ["warning watchdog", "info watchdog"]);
  await end();
});

const sick: [what: string, answer: Parameters<typeof scene>[0], complaint: RegExp][] = [
  ["no answer", () => ({ status: 200, after: 1e9 }), /^unhealthy: the ready path does not answer:/],
  ["nobody listens", () => "refused", /^unhealthy: the ready path does not answer:/],
  ["503", () => ({ status: 503 }), /^unhealthy: the ready path answers 503: .* 40\.0 s after/],
];

for (const [what, answer, complaint] of sick) {
  Deno.test(`watchdog: ${what} is no sign of life, and the log says so once`, async () => {
    const { clock, log, pings, end } = scene(answer);
    await clock.advance(PERIOD_MS);
    assert.deepEqual(pings, []);
    assert.deepEqual(log.events, ["warning watchdog"]);
    assert.match(log.messages[0]!, complaint);
    await end();
  });
}

Deno.test("watchdog: a stopped master is no sign of life although its workers answer", async () => {
  const { clock, log, pings, stop, end } = scene(() => ({ status: 200 }));
  stop("nginx (pid 7) is stopped by a signal");
  await clock.advance(15_000);
  assert.deepEqual(pings, []);
  assert.match(log.messages[0]!, /^unhealthy: nginx \(pid 7\) is stopped by a signal:/);
  stop(undefined);
  await clock.advance(1500);
  assert.equal(pings.length, 1);
  assert.deepEqual(log.events, ["warning watchdog", "info watchdog"]);
  await end();
});
