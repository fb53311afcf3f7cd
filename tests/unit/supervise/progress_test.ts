import assert from "node:assert/strict";
import { Progress, type ProgressDisplay, showProgress } from "../../../lib/supervise/progress.ts";
import { FakeClock } from "../support/fake_clock.ts";

function scene(everyMs: number) {
  const clock = new FakeClock();
  const shown: string[] = [];
  const display: ProgressDisplay = {
    everyMs,
    show: (text) => void shown.push(`${clock.now()}: ${text}`),
    clear: () => void shown.push(`${clock.now()}: cleared`),
  };
  return { clock, shown, display };
}

Deno.test("progress: shows a text at each turn, and clears it at the end", async () => {
  const { clock, shown, display } = scene(1000);
  const over = new AbortController();
  let seconds = 0;

  const showing = showProgress(() => `${++seconds}`, display, clock, over.signal);
  await clock.advance(3500);
  over.abort();
  await showing;

  assert.deepEqual(shown, ["1000: 1", "2000: 2", "3000: 3", "3500: cleared"]);
  assert.equal(clock.liveTimers, 0);
});

Deno.test("progress: a short wait shows nothing and sets no extra timer", async () => {
  const { clock, shown, display } = scene(5000);
  const over = new AbortController();

  const showing = showProgress(() => assert.fail("too early"), display, clock, over.signal);
  await clock.advance(4999);
  assert.equal(clock.liveTimers, 1);
  over.abort();
  await showing;

  assert.deepEqual(shown, ["4999: cleared"]);
});

Deno.test("progress: a turn without a text shows nothing", async () => {
  const { clock, shown, display } = scene(1000);
  const over = new AbortController();
  let turn = 0;

  void showProgress(() => ++turn % 2 ? undefined : "even", display, clock, over.signal);
  await clock.advance(4000);

  assert.deepEqual(shown, ["2000: even", "4000: even"]);
  over.abort();
});

Deno.test("progress: missed turns are left out, and the next one is on time", async () => {
  const { clock, shown, display } = scene(1000);
  const over = new AbortController();
  const late: typeof clock.sleep = async (milliseconds, signal) => {
    await clock.sleep(shown.length === 1 ? 4300 : milliseconds, signal);
  };
  const halting = { now: () => clock.now(), sleep: late };

  void showProgress(() => "on", display, halting, over.signal);
  await clock.advance(7000);

  assert.deepEqual(shown, ["1000: on", "5300: on", "6000: on", "7000: on"]);
  over.abort();
});

Deno.test("progress: each phase counts its own time, and serving shows nothing", async () => {
  const { clock, shown, display } = scene(1000);
  let phase = "";
  const progress = new Progress(() => phase, display, clock);
  const enter = (next: string) => progress.onPhase(phase = next);

  enter("starting");
  await clock.advance(1500);
  enter("serving");
  await clock.advance(60_000);
  assert.equal(clock.liveTimers, 0, "no timer while serving");
  enter("draining");
  await clock.advance(2000);
  enter("stopped");
  await clock.settle();

  assert.deepEqual(shown, [
    "1000: starting",
    "1500: cleared",
    "62500: draining",
    "63500: draining",
    "63500: cleared",
  ]);
  assert.equal(clock.liveTimers, 0);
});

Deno.test("progress: an error in describing it does not end the run", async () => {
  const { clock, shown, display } = scene(1000);
  const progress = new Progress(
    () => {
      throw new Error("no /proc");
    },
    display,
    clock,
  );

  progress.onPhase("starting");
  await clock.advance(3000);
  progress.onPhase("serving");
  await clock.settle();

  assert.deepEqual(shown, ["1000: cleared"]);
});
