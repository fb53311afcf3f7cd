import assert from "node:assert/strict";
import type { Manners } from "../support/fake_children.ts";
import { drainScene, obedientGunicorn, obedientNginx } from "./drain_scene.ts";

Deno.test("drain: gunicorn is asked only when nginx, which still uses it, is gone", async () => {
  const { clock, trace, log, obedientPair, drain } = drainScene();
  const pair = obedientPair();

  assert.equal(await clock.finish(drain(pair)), false);

  assert.deepEqual(trace, [
    "0: SIGQUIT to nginx",
    "30: nginx gone",
    "30: SIGTERM to gunicorn's group",
    "230: gunicorn gone",
  ]);
  assert.deepEqual(log.events, []);
  assert.equal(clock.liveTimers, 0);
});

Deno.test("drain: a signal that was lost is sent again", async () => {
  const { clock, trace, child, drain } = drainScene();
  const pair = {
    nginx: child("nginx", { ...obedientNginx, deafTo: { SIGQUIT: 2 } }),
    gunicorn: child("gunicorn", { ...obedientGunicorn, deafTo: { SIGTERM: 1 } }),
  };

  assert.equal(await clock.finish(drain(pair)), false);

  assert.deepEqual(trace, [
    "0: SIGQUIT to nginx",
    "1500: SIGQUIT to nginx",
    "3000: SIGQUIT to nginx",
    "3030: nginx gone",
    "3030: SIGTERM to gunicorn's group",
    "4530: SIGTERM to gunicorn's group",
    "4730: gunicorn gone",
  ]);
});

Deno.test("drain: an nginx that holds connections is cut off at its deadline", async () => {
  const { clock, trace, log, child, drain } = drainScene();
  const pair = {
    nginx: child("nginx", { endsAfter: { SIGTERM: 3 } }),
    gunicorn: child("gunicorn", obedientGunicorn),
  };

  assert.equal(await clock.finish(drain(pair)), true);

  assert.deepEqual(
    trace.slice(0, 14),
    Array.from({ length: 14 }, (_, turn) => `${turn * 1500}: SIGQUIT to nginx`),
  );
  assert.deepEqual(trace.slice(14), [
    "20000: SIGTERM to nginx's group",
    "20003: nginx gone",
    "20003: SIGTERM to gunicorn's group",
    "20203: gunicorn gone",
  ]);
  assert.deepEqual(log.events, ["warning nginx-overdue"]);
});

Deno.test("drain: whatever is left at the end of the grace period is killed, group and all", async () => {
  const { clock, trace, log, child, drain } = drainScene();
  const pair = { nginx: child("nginx"), gunicorn: child("gunicorn") };

  assert.equal(await clock.finish(drain(pair)), true);

  assert.deepEqual(trace.filter((event) => !/SIG(QUIT|TERM)/.test(event)), [
    "25000: SIGKILL to nginx's group",
    "25000: SIGKILL to gunicorn's group",
    "25000: nginx gone",
    "25000: gunicorn gone",
  ]);
  assert.deepEqual(log.events, ["warning nginx-overdue", "warning killed", "warning killed"]);
  assert.equal(clock.liveTimers, 0);
});

Deno.test("drain: a gunicorn that does not end is killed, and nginx's good end stays one", async () => {
  const { clock, trace, child, drain } = drainScene();
  const pair = { nginx: child("nginx", obedientNginx), gunicorn: child("gunicorn") };

  assert.equal(await clock.finish(drain(pair)), true);

  assert.deepEqual(trace.slice(0, 3), [
    "0: SIGQUIT to nginx",
    "30: nginx gone",
    "30: SIGTERM to gunicorn's group",
  ]);
  assert.deepEqual(trace.slice(-2), ["25000: SIGKILL to gunicorn's group", "25000: gunicorn gone"]);
});

Deno.test("drain: what not even SIGKILL ends is said, and does not hold tandem for ever", async () => {
  const { clock, log, child, drain } = drainScene();
  const unkillable: Manners = { endsAfter: { SIGKILL: "never" } };
  const pair = { nginx: child("nginx", unkillable), gunicorn: child("gunicorn", unkillable) };

  assert.equal(await clock.finish(drain(pair)), true);

  const ofKilling = log.events.filter((event) => event !== "warning nginx-overdue");
  assert.deepEqual(ofKilling.sort(), [
    ...["error unkillable", "error unkillable"],
    ...["warning killed", "warning killed"],
  ]);
  assert.ok(clock.now() <= 27_000, `took ${clock.now()} ms`);
});

Deno.test("drain: with nothing running there is nothing to wait for", async () => {
  const { clock, trace, drain } = drainScene();

  assert.equal(await clock.finish(drain({})), false);

  assert.deepEqual(trace, []);
  assert.equal(clock.now(), 0);
});

Deno.test("drain: a pair that is gone already is left alone", async () => {
  const { clock, trace, child, drain } = drainScene();
  const pair = { nginx: child("nginx"), gunicorn: child("gunicorn") };
  pair.nginx.end();
  pair.gunicorn.end();

  assert.equal(await clock.finish(drain(pair)), false);

  assert.deepEqual(trace, ["0: nginx gone", "0: gunicorn gone"]);
});

Deno.test("drain: the orphans of a dead nginx master keep the port, so they are ended too", async () => {
  const { clock, trace, obedientPair, drain } = drainScene();
  const pair = obedientPair();
  pair.nginx.endMaster({ code: 137, signal: "SIGKILL" });

  assert.equal(await clock.finish(drain(pair)), false);

  assert.deepEqual(trace.slice(0, 2), ["0: SIGQUIT to nginx's group", "30: nginx gone"]);
});

Deno.test("drain: the orphans of a dead gunicorn master are ended, after nginx", async () => {
  const { clock, trace, obedientPair, drain } = drainScene();
  const pair = obedientPair();
  pair.gunicorn.endMaster({ code: 1, signal: null });

  assert.equal(await clock.finish(drain(pair)), false);

  assert.deepEqual(trace.slice(-2), ["30: SIGTERM to gunicorn's group", "230: gunicorn gone"]);
});

Deno.test("drain: adopted are asked last and killed a second later, which is nobody's fault", async () => {
  const { clock, trace, log, child, obedientPair, drain } = drainScene();
  const pair = obedientPair();

  const forced = await clock.finish(drain(pair, { adopted: child("a stray") }));

  assert.equal(forced, false);
  assert.deepEqual(trace.slice(-4), [
    "230: gunicorn gone",
    "230: SIGTERM to a stray's group",
    "1230: SIGKILL to a stray's group",
    "1230: a stray gone",
  ]);
  assert.deepEqual(log.events, ["warning killed"]);
});

Deno.test("drain: a stray that obeys is not killed", async () => {
  const { clock, trace, log, child, drain } = drainScene();

  const adopted = child("a stray", { endsAfter: { SIGTERM: 10 } });
  assert.equal(await clock.finish(drain({}, { adopted })), false);

  assert.deepEqual(trace, ["0: SIGTERM to a stray's group", "10: a stray gone"]);
  assert.deepEqual(log.events, []);
});

Deno.test("drain: an nginx that cannot be cut off does not keep gunicorn from ending in order", async () => {
  const { clock, trace, child, drain } = drainScene();
  const pair = { nginx: child("nginx", {}), gunicorn: child("gunicorn", obedientGunicorn) };

  assert.equal(await clock.finish(drain(pair)), true);

  assert.deepEqual(trace.filter((event) => !event.includes("SIGQUIT")), [
    "20000: SIGTERM to nginx's group",
    "21000: SIGTERM to gunicorn's group",
    "21200: gunicorn gone",
    "25000: SIGKILL to nginx's group",
    "25000: nginx gone",
  ]);
});
