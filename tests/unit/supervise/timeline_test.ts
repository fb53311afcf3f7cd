import assert from "node:assert/strict";
import { Timeline } from "../../../lib/supervise/timeline.ts";
import { FakeClock } from "../support/fake_clock.ts";

Deno.test("timeline: the first time of a step counts", async () => {
  const clock = new FakeClock();
  const timeline = new Timeline(clock);
  await clock.advance(3.4);
  timeline.mark("gunicorn started");
  await clock.advance(100);
  timeline.mark("gunicorn started");

  assert.deepEqual(timeline.marks, { "gunicorn started": 3 });
});

Deno.test("timeline: says the steps of the start from the start on, those of the stop from the stop on", async () => {
  const clock = new FakeClock();
  const timeline = new Timeline(clock);
  for (
    const [at, step] of [
      [3, "gunicorn started"],
      [246, "app answered"],
      [248, "nginx started"],
      [260, "ready"],
      [9000, "stop"],
      [9004, "nginx gone"],
      [9230, "gunicorn gone"],
    ] as const
  ) {
    await clock.advance(at - clock.now());
    timeline.mark(step);
  }

  assert.equal(
    timeline.describeStart(),
    "gunicorn started 3 ms, app answered 246 ms, nginx started 248 ms",
  );
  assert.equal(timeline.describeStop(), "nginx gone 4 ms, gunicorn gone 230 ms");
});

Deno.test("timeline: steps that never came are left out; a child that ended before the stop took no time", async () => {
  const clock = new FakeClock();
  const timeline = new Timeline(clock);
  timeline.mark("gunicorn started");
  await clock.advance(50);
  timeline.mark("gunicorn gone");
  await clock.advance(1);
  timeline.mark("stop");

  assert.equal(timeline.describeStart(), "gunicorn started 0 ms");
  assert.equal(timeline.describeStop(), "gunicorn gone 0 ms");
});
