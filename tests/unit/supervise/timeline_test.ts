import assert from "node:assert/strict";
import { Timeline } from "../../../lib/supervise/timeline.ts";
import { FakeClock } from "../support/fake_clock.ts";

Deno.test("timeline: only the first time of a step counts", async () => {
  const clock = new FakeClock();
  const timeline = new Timeline(clock);
  await clock.advance(3.4);
  timeline.mark("gunicornStarted");
  await clock.advance(100);
  timeline.mark("gunicornStarted");

  assert.deepEqual(timeline.marks, { "gunicornStarted": 3 });
});

Deno.test("timeline: the steps of the start count from the start, those of the stop from the stop", async () => {
  const clock = new FakeClock();
  const timeline = new Timeline(clock);
  for (
    const [at, step] of [
      [3, "gunicornStarted"],
      [246, "appAnswered"],
      [248, "nginxStarted"],
      [260, "ready"],
      [9000, "stop"],
      [9004, "nginxGone"],
      [9230, "gunicornGone"],
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

Deno.test("timeline: missing steps are left out; a child that exited before the stop took no time", async () => {
  const clock = new FakeClock();
  const timeline = new Timeline(clock);
  timeline.mark("gunicornStarted");
  await clock.advance(50);
  timeline.mark("gunicornGone");
  await clock.advance(1);
  timeline.mark("stop");

  assert.equal(timeline.describeStart(), "gunicorn started 0 ms");
  assert.equal(timeline.describeStop(), "gunicorn gone 0 ms");
});
