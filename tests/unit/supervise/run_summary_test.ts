import assert from "node:assert/strict";
import { Timeline, type TimelineStep } from "../../../lib/supervise/timeline.ts";
import { FakeClock } from "../support/fake_clock.ts";

async function timelineOf(steps: [at: number, step: TimelineStep][], onMark?: () => void) {
  const clock = new FakeClock();
  const timeline = new Timeline(clock, onMark);
  for (const [at, step] of steps) {
    await clock.advance(at - clock.now());
    timeline.mark(step);
  }
  return timeline;
}

Deno.test("timeline: a whole run in one line", async () => {
  const timeline = await timelineOf([
    [3, "gunicornStarted"],
    [201, "socketMade"],
    [246, "appAnswered"],
    [248, "nginxStarted"],
    [260, "ready"],
    [9000, "stop"],
    [9004, "nginxGone"],
    [9230, "gunicornGone"],
    [9231, "exit"],
  ]);

  assert.equal(
    timeline.describeRun(),
    "started in 260 ms (gunicorn started 3 ms, socket made 201 ms, app answered 246 ms, " +
      "nginx started 248 ms), served 8740 ms, drained in 231 ms (nginx gone 4 ms, gunicorn gone 230 ms)",
  );
});

Deno.test("timeline: a run that was never ready has no time of serving", async () => {
  const timeline = await timelineOf([
    [3, "gunicornStarted"],
    [50, "stop"],
    [150, "gunicornGone"],
    [150, "exit"],
  ]);

  assert.equal(
    timeline.describeRun(),
    "never ready (gunicorn started 3 ms), drained in 100 ms (gunicorn gone 100 ms)",
  );
});

Deno.test("timeline: a run in which no child was started", async () => {
  const timeline = await timelineOf([[5, "stop"], [5, "exit"]]);

  assert.equal(timeline.describeRun(), "never ready, drained in 0 ms");
});

Deno.test("timeline: reports each step once", async () => {
  let marks = 0;
  const steps: [number, TimelineStep][] = [[3, "gunicornStarted"], [4, "gunicornStarted"], [
    5,
    "stop",
  ]];
  await timelineOf(steps, () => marks++);

  assert.equal(marks, 2);
});
