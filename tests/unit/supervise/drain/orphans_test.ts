import assert from "node:assert/strict";
import { deadlines, drainScene } from "./drain_scene.ts";

Deno.test("orphans: they are stopped last, and killed at the end of the grace period; that does not count as forced", async () => {
  const { clock, trace, log, steps, child, obedientPair, drain } = drainScene();
  const pair = obedientPair();
  const orphan = child("sleep");

  assert.equal(await clock.finish(drain(pair, { orphans: () => [orphan] })), false);

  assert.deepEqual(trace.slice(-4), [
    "230: gunicorn gone",
    "230: SIGTERM to sleep",
    "25000: SIGKILL to sleep",
    "25000: sleep gone",
  ]);
  assert.deepEqual(log.events, ["warning killed"]);
  assert.deepEqual(steps, ["nginx", "gunicorn", "orphans", "kill"]);
});

Deno.test("orphans: one that obeys SIGTERM is not killed", async () => {
  const { clock, trace, log, child, drain } = drainScene();
  const orphan = child("sleep", { exitsAfter: { SIGTERM: 10 } });

  assert.equal(await clock.finish(drain({}, { orphans: () => [orphan] })), false);

  assert.deepEqual(trace, ["0: SIGTERM to sleep", "10: sleep gone"]);
  assert.deepEqual(log.events, []);
});

Deno.test("orphans: each later generation gets SIGTERM when it is found, and all share the grace period", async () => {
  const { clock, trace, log, child, drain } = drainScene();
  const [first, second] = [child("first", { exitsAfter: { SIGTERM: 1000 } }), child("second")];
  const third = child("third");
  const orphans = () => !first.isGone ? [first] : !second.isGone ? [second] : [third];

  assert.equal(await clock.finish(drain({}, { orphans })), false);

  assert.deepEqual(trace, [
    "0: SIGTERM to first",
    "1000: first gone",
    "1000: SIGTERM to second",
    "25000: SIGKILL to second",
    "25000: second gone",
    "25000: SIGKILL to third",
    "25000: third gone",
  ]);
  assert.deepEqual(log.events, ["warning killed", "warning killed"]);
});

Deno.test("orphans: the third stop signal ends their time", async () => {
  const { clock, trace, child, drain, killNow } = drainScene();
  const orphan = child("sleep");
  const drained = drain({}, { orphans: () => [orphan] });
  await clock.advance(2000);
  killNow();
  await clock.finish(drained);
  assert.equal(trace.at(-1), "2000: sleep gone");
});

Deno.test("orphans: what survives SIGKILL is an error, and blocks tandem no longer than planned", async () => {
  const { clock, log, child, drain } = drainScene();
  const orphan = child("sleep", { exitsAfter: { SIGKILL: "never" } });

  await clock.finish(drain({}, { orphans: () => [orphan] }));

  assert.equal(clock.now(), deadlines.grace + 1000);
  assert.deepEqual(log.events, ["warning killed", "error unkillable"]);
});

Deno.test("orphans: a chain of processes without an end does not hold tandem", async () => {
  const { clock, log, child, drain } = drainScene();
  let orphan = child("sh", { exitsAfter: { SIGTERM: "never", SIGKILL: 50 } });
  const orphans = () => {
    if (orphan.isGone) orphan = child("sh", { exitsAfter: { SIGKILL: 50 } });
    return [orphan];
  };

  await clock.finish(drain({}, { orphans }));

  assert.equal(clock.now(), deadlines.grace + 1000);
  assert.equal(log.events.at(-1), "error unkillable");
});
