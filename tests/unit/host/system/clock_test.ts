import assert from "node:assert/strict";
import { happensWithin, monotonicClock } from "../../../../lib/host/system/clock.ts";
import { FakeClock } from "../../support/fake_clock.ts";

const never = new Promise<void>(() => {});

Deno.test("clock: an event within the time ends the wait, and leaves no timer", async () => {
  const clock = new FakeClock();

  assert.equal(await clock.finish(happensWithin(clock, 1000, clock.sleep(300))), true);

  assert.equal(clock.now(), 300);
  assert.equal(clock.liveTimers, 0);
});

Deno.test("clock: an event that has happened already takes no time", async () => {
  const clock = new FakeClock();
  assert.equal(await clock.finish(happensWithin(clock, 1000, Promise.resolve())), true);
  assert.equal(clock.now(), 0);
  assert.equal(clock.liveTimers, 0);
});

Deno.test("clock: without the event the wait ends after the time", async () => {
  const clock = new FakeClock();
  assert.equal(await clock.finish(happensWithin(clock, 1000, never)), false);
  assert.equal(clock.now(), 1000);
});

Deno.test("clock: an event a millisecond too late did not happen within the time", async () => {
  const clock = new FakeClock();
  assert.equal(await clock.finish(happensWithin(clock, 1000, clock.sleep(1001))), false);
});

Deno.test("clock: the wait rejects if the event does, and leaves no timer", async () => {
  const clock = new FakeClock();
  const failure = Promise.reject(new Error("no such process"));
  await assert.rejects(clock.finish(happensWithin(clock, 1000, failure)), /no such process/);
  assert.equal(clock.liveTimers, 0);
});

Deno.test("clock: an abort rejects the wait with its reason, and leaves no timer", async () => {
  const clock = new FakeClock();
  const controller = new AbortController();
  const wait = happensWithin(clock, 1000, never, controller.signal);
  wait.catch(() => {});
  await clock.advance(400);
  controller.abort(new Error("a stop was asked for"));

  await assert.rejects(clock.finish(wait), /a stop was asked for/);
  assert.equal(clock.now(), 400);
  assert.equal(clock.liveTimers, 0);
});

Deno.test("clock: with an aborted signal the wait rejects at once", async () => {
  const clock = new FakeClock();
  const wait = happensWithin(clock, 1000, never, AbortSignal.abort(new Error("too late")));
  await assert.rejects(clock.finish(wait), /too late/);
  assert.equal(clock.liveTimers, 0);
});

// Deno's test runner fails a test that leaves a real timer behind.
Deno.test("clock: an aborted real sleep rejects with the reason and leaves no timer", async () => {
  const controller = new AbortController();
  const sleep = monotonicClock.sleep(3_600_000, controller.signal);
  controller.abort(new Error("a stop was asked for"));
  await assert.rejects(sleep, /a stop was asked for/);

  await assert.rejects(monotonicClock.sleep(3_600_000, AbortSignal.abort(new Error("before"))), {
    message: "before",
  });
});

Deno.test("clock: a real sleep removes its listener at the end", async () => {
  const { signal } = new AbortController();
  const listeners = new Set<unknown>();
  const { addEventListener, removeEventListener } = signal;
  signal.addEventListener = (...args: Parameters<typeof addEventListener>) => {
    listeners.add(args[1]);
    addEventListener.apply(signal, args);
  };
  signal.removeEventListener = (...args: Parameters<typeof removeEventListener>) => {
    listeners.delete(args[1]);
    removeEventListener.apply(signal, args);
  };

  const sleep = monotonicClock.sleep(0, signal);
  assert.equal(listeners.size, 1);
  await sleep;
  assert.equal(listeners.size, 0);
});

Deno.test("clock: the real clock does not go back", () => {
  const before = monotonicClock.now();
  assert.ok(before > 0 && monotonicClock.now() >= before);
});
