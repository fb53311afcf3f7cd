/** The drain delay, and the second and third stop signal. */

import assert from "node:assert/strict";
import { deadlines, drainScene, obedientGunicorn, obedientNginx } from "./drain_scene.ts";

Deno.test("drain: the pair still serves during the delay, and is stopped after it", async () => {
  const { clock, trace, log, steps, obedientPair, drain } = drainScene();
  const pair = obedientPair();

  const drained = drain(pair, { deadlines: { ...deadlines, drainDelay: 5000 } });
  await clock.advance(4999);
  assert.deepEqual(trace, []);
  assert.deepEqual(steps, ["drain-delay"]);
  assert.deepEqual(log.messages, ["still serving for 5 s (--drain-delay)"]);

  assert.equal(await clock.finish(drained), false);
  assert.deepEqual(trace.slice(0, 2), ["5000: SIGQUIT to nginx", "5030: nginx gone"]);
  assert.deepEqual(steps, ["drain-delay", "nginx", "gunicorn"]);
});

Deno.test("drain: the delay is part of the grace period, not before it", async () => {
  const { clock, trace, child, drain } = drainScene();
  const pair = { nginx: child("nginx"), gunicorn: child("gunicorn") };

  await clock.finish(drain(pair, { deadlines: { ...deadlines, drainDelay: 5000 } }));

  assert.ok(trace.includes("20000: SIGTERM to nginx's group"));
  assert.ok(trace.includes("25000: SIGKILL to gunicorn's group"));
});

Deno.test("drain: a second stop signal skips the delay", async () => {
  const { clock, trace, obedientPair, skipDelay, drain } = drainScene();
  const pair = obedientPair();

  const drained = drain(pair, { deadlines: { ...deadlines, drainDelay: 5000 } });
  await clock.advance(1200);
  skipDelay();

  assert.equal(await clock.finish(drained), false);
  assert.equal(trace[0], "1200: SIGQUIT to nginx");
  assert.equal(clock.liveTimers, 0);
});

for (const name of ["nginx", "gunicorn"] as const) {
  Deno.test(`drain: if ${name} exits during the delay, the delay ends`, async () => {
    const { clock, trace, obedientPair, drain } = drainScene();
    const pair = obedientPair();

    const drained = drain(pair, { deadlines: { ...deadlines, drainDelay: 5000 } });
    await clock.advance(700);
    pair[name].exit();
    await clock.finish(drained);

    assert.ok(clock.now() < 1000, `took ${clock.now()} ms`);
    assert.ok(
      !trace.some((event) => event.endsWith(`to ${name}`)),
      "no signal to a child that has exited",
    );
  });
}

Deno.test("drain: a start that was cut short has no traffic, so no delay", async () => {
  const { clock, trace, steps, child, drain } = drainScene();
  const gunicorn = child("gunicorn", obedientGunicorn);

  const forced = await clock.finish(
    drain({ gunicorn }, { deadlines: { ...deadlines, drainDelay: 5000 } }),
  );

  assert.equal(forced, false);
  assert.deepEqual(trace, ["0: SIGTERM to gunicorn's group", "200: gunicorn gone"]);
  assert.deepEqual(steps, ["gunicorn"]);
});

Deno.test("drain: a third stop signal ends the grace period at once", async () => {
  const { clock, trace, log, child, skipDelay, killNow, drain } = drainScene();
  const pair = { nginx: child("nginx"), gunicorn: child("gunicorn") };

  const drained = drain(pair);
  await clock.advance(1500);
  skipDelay();
  await clock.advance(100);
  assert.equal(clock.liveTimers, 1, "a second signal does not end the grace period");
  killNow();

  assert.equal(await clock.finish(drained), true);
  assert.deepEqual(trace.slice(2), [
    "1600: SIGKILL to nginx's group",
    "1600: SIGKILL to gunicorn's group",
    "1600: nginx gone",
    "1600: gunicorn gone",
  ]);
  assert.ok(log.events.includes("warning killed"));
});

Deno.test("drain: a third stop signal also ends the wait for gunicorn", async () => {
  const { clock, trace, child, killNow, drain } = drainScene();
  const pair = { nginx: child("nginx", obedientNginx), gunicorn: child("gunicorn") };

  const drained = drain(pair);
  await clock.advance(500);
  killNow();

  assert.equal(await clock.finish(drained), true);
  assert.deepEqual(trace.slice(-2), ["500: SIGKILL to gunicorn's group", "500: gunicorn gone"]);
});
