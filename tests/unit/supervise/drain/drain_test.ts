import assert from "node:assert/strict";
import type { Manners } from "../../support/fake_children.ts";
import { AFTER_GRACE_MS, LAST_OUTPUT_MS } from "../../../../lib/plan/stop_times.ts";
import { deadlines, drainScene, obedientGunicorn, obedientNginx } from "./drain_scene.ts";

Deno.test("drain: gunicorn is stopped only after nginx, which still uses it, has exited", async () => {
  const { clock, trace, log, steps, obedientPair, drain } = drainScene();
  const pair = obedientPair();

  assert.equal(await clock.finish(drain(pair)), false);

  assert.deepEqual(steps, ["nginx", "gunicorn"]);
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
    nginx: child("nginx", { ...obedientNginx, loses: { SIGQUIT: 2 } }),
    gunicorn: child("gunicorn", { ...obedientGunicorn, loses: { SIGTERM: 1 } }),
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

Deno.test("drain: nginx's open connections are closed at its deadline", async () => {
  const { clock, trace, log, child, drain } = drainScene();
  const pair = {
    nginx: child("nginx", { exitsAfter: { SIGTERM: 3 } }),
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

Deno.test("drain: at the end of the grace period, each group that is left is killed", async () => {
  const { clock, trace, log, steps, child, drain } = drainScene();
  const pair = { nginx: child("nginx"), gunicorn: child("gunicorn") };

  assert.equal(await clock.finish(drain(pair)), true);

  assert.deepEqual(trace.filter((event) => !/SIG(QUIT|TERM)/.test(event)), [
    "25000: SIGKILL to nginx's group",
    "25000: SIGKILL to gunicorn's group",
    "25000: nginx gone",
    "25000: gunicorn gone",
  ]);
  assert.deepEqual(log.events, ["warning nginx-overdue", "warning killed", "warning killed"]);
  assert.deepEqual(steps, ["nginx", "gunicorn", "kill"]);
  assert.equal(clock.liveTimers, 0);
});

Deno.test("drain: a gunicorn that does not exit is killed, after nginx has exited in order", async () => {
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

Deno.test("drain: a child that survives SIGKILL is an error, and does not block tandem for ever", async () => {
  const { clock, log, child, drain } = drainScene();
  const unkillable: Manners = { exitsAfter: { SIGKILL: "never" } };
  const pair = { nginx: child("nginx", unkillable), gunicorn: child("gunicorn", unkillable) };

  assert.equal(await clock.finish(drain(pair)), true);

  const ofKilling = log.events.filter((event) => event !== "warning nginx-overdue");
  assert.deepEqual(ofKilling.sort(), [
    ...["error unkillable", "error unkillable"],
    ...["warning killed", "warning killed"],
  ]);
  assert.ok(clock.now() <= 27_000, `took ${clock.now()} ms`);
});

Deno.test("drain: without children there is nothing to wait for", async () => {
  const { clock, trace, drain } = drainScene();

  assert.equal(await clock.finish(drain({})), false);

  assert.deepEqual(trace, []);
  assert.equal(clock.now(), 0);
});

Deno.test("drain: a pair that has exited gets no signals", async () => {
  const { clock, trace, steps, child, drain } = drainScene();
  const pair = { nginx: child("nginx"), gunicorn: child("gunicorn") };
  pair.nginx.exit();
  pair.gunicorn.exit();

  assert.equal(await clock.finish(drain(pair)), false);

  assert.deepEqual(trace, ["0: nginx gone", "0: gunicorn gone"]);
  assert.deepEqual(steps, []);
});

Deno.test("drain: the orphans of a dead nginx master hold the port, so they are stopped too", async () => {
  const { clock, trace, obedientPair, drain } = drainScene();
  const pair = obedientPair();
  pair.nginx.exitMaster({ code: 137, signal: "SIGKILL" });

  assert.equal(await clock.finish(drain(pair)), false);

  assert.deepEqual(trace.slice(0, 2), ["0: SIGQUIT to nginx's group", "30: nginx gone"]);
});

Deno.test("drain: the orphans of a dead gunicorn master are stopped after nginx", async () => {
  const { clock, trace, obedientPair, drain } = drainScene();
  const pair = obedientPair();
  pair.gunicorn.exitMaster({ code: 1, signal: null });

  assert.equal(await clock.finish(drain(pair)), false);

  assert.deepEqual(trace.slice(-2), ["30: SIGTERM to gunicorn's group", "230: gunicorn gone"]);
});

Deno.test("drain: an nginx that does not exit at its deadline does not keep gunicorn from exiting in order", async () => {
  const { clock, trace, steps, child, drain } = drainScene();
  const pair = { nginx: child("nginx", {}), gunicorn: child("gunicorn", obedientGunicorn) };

  assert.equal(await clock.finish(drain(pair)), true);

  assert.deepEqual(trace.filter((event) => !event.includes("SIGQUIT")), [
    "20000: SIGTERM to nginx's group",
    "21000: SIGTERM to gunicorn's group",
    "21200: gunicorn gone",
    "25000: SIGKILL to nginx's group",
    "25000: nginx gone",
  ]);
  assert.deepEqual(steps, ["nginx", "gunicorn", "nginx", "kill"]);
});

Deno.test("drain: after the grace period it takes no longer than planned", async () => {
  const { clock, child, drain } = drainScene();
  const unkillable: Manners = { exitsAfter: { SIGKILL: "never" } };
  const pair = { nginx: child("nginx", unkillable), gunicorn: child("gunicorn", unkillable) };

  const orphan = child("an orphan", unkillable);
  await clock.finish(drain(pair, { orphans: () => [orphan] }));

  // After the drain come the children's last output and tandem's last lines.
  assert.equal(clock.now(), deadlines.grace + AFTER_GRACE_MS - 2 * LAST_OUTPUT_MS);
});

Deno.test("drain: a stuck nginx leaves gunicorn half of the rest of the grace period", async () => {
  const { clock, trace, child, drain } = drainScene();
  const pair = {
    nginx: child("nginx", {}),
    gunicorn: child("gunicorn", { exitsAfter: { SIGTERM: 200 } }),
  };
  const deadlines = { drainDelay: 0, nginx: 4000, grace: 5000 };

  assert.equal(await clock.finish(drain(pair, { deadlines })), true);

  assert.ok(trace.includes("4000: SIGTERM to nginx's group"), trace.join("\n"));
  assert.ok(trace.includes("4500: SIGTERM to gunicorn's group"), trace.join("\n"));
  assert.ok(trace.includes("4700: gunicorn gone"), trace.join("\n"));
});
