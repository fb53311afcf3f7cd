import assert from "node:assert/strict";
import type { Deadlines } from "../../../lib/plan/launch_plan.ts";
import { drain, type DrainTools, type Pair } from "../../../lib/supervise/drain.ts";
import { FakeChild, type Manners, type Trace } from "../../support/fake_children.ts";
import { FakeClock } from "../../support/fake_clock.ts";
import { type FakeLog, fakeLog } from "./fake_log.ts";

const deadlines: Deadlines = { drainDelay: 0, nginx: 20_000, kill: 25_000 };

interface Scene {
  clock: FakeClock;
  trace: Trace;
  log: FakeLog;
  child: <Name extends string>(name: Name, manners?: Manners) => FakeChild<Name>;
  /** A second and a third stop signal. */
  hurry: () => void;
  enough: () => void;
  drain: (pair: Pair, others?: { deadlines?: Deadlines; strays?: FakeChild<string> }) => Promise<
    boolean
  >;
}

function scene(): Scene {
  const clock = new FakeClock();
  const trace: Trace = [];
  const log = fakeLog();
  const hurry = Promise.withResolvers<void>();
  const enough = Promise.withResolvers<void>();
  return {
    clock,
    trace,
    log,
    child: (name, manners) => new FakeChild(name, clock, trace, manners),
    hurry: hurry.resolve,
    enough: enough.resolve,
    drain(pair, { deadlines: own = deadlines, strays } = {}) {
      const tools: DrainTools = {
        clock,
        log,
        strays: () => strays,
        hurry: hurry.promise,
        enough: enough.promise,
      };
      return drain(pair, own, tools);
    },
  };
}

const obedientNginx: Manners = { endsAfter: { SIGQUIT: 30, SIGTERM: 3 } };
const obedientGunicorn: Manners = { endsAfter: { SIGTERM: 200 } };

Deno.test("drain: gunicorn is asked only when nginx, which still uses it, is gone", async () => {
  const { clock, trace, log, child, drain } = scene();
  const pair = {
    nginx: child("nginx", obedientNginx),
    gunicorn: child("gunicorn", obedientGunicorn),
  };

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

Deno.test("drain: a signal that was lost is sent again each second", async () => {
  const { clock, trace, child, drain } = scene();
  const pair = {
    nginx: child("nginx", { ...obedientNginx, deafTo: { SIGQUIT: 2 } }),
    gunicorn: child("gunicorn", { ...obedientGunicorn, deafTo: { SIGTERM: 1 } }),
  };

  assert.equal(await clock.finish(drain(pair)), false);

  assert.deepEqual(trace, [
    "0: SIGQUIT to nginx",
    "1000: SIGQUIT to nginx",
    "2000: SIGQUIT to nginx",
    "2030: nginx gone",
    "2030: SIGTERM to gunicorn's group",
    "3030: SIGTERM to gunicorn's group",
    "3230: gunicorn gone",
  ]);
});

Deno.test("drain: an nginx that holds connections is cut off at its deadline", async () => {
  const { clock, trace, log, child, drain } = scene();
  const pair = {
    nginx: child("nginx", { endsAfter: { SIGTERM: 3 } }),
    gunicorn: child("gunicorn", obedientGunicorn),
  };

  assert.equal(await clock.finish(drain(pair)), true);

  assert.deepEqual(
    trace.slice(0, 20),
    Array.from({ length: 20 }, (_, second) => `${second * 1000}: SIGQUIT to nginx`),
  );
  assert.deepEqual(trace.slice(20), [
    "20000: SIGTERM to nginx's group",
    "20003: nginx gone",
    "20003: SIGTERM to gunicorn's group",
    "20203: gunicorn gone",
  ]);
  assert.deepEqual(log.events, ["warning nginx-overdue"]);
});

Deno.test("drain: whatever is left at the end of the grace period is killed, group and all", async () => {
  const { clock, trace, log, child, drain } = scene();
  const pair = { nginx: child("nginx"), gunicorn: child("gunicorn") };

  assert.equal(await clock.finish(drain(pair)), true);

  assert.deepEqual(trace.filter((event) => !/SIG(QUIT|TERM)/.test(event)), [
    "25000: SIGKILL to nginx's group",
    "25000: nginx gone",
    "25000: SIGKILL to gunicorn's group",
    "25000: gunicorn gone",
  ]);
  assert.deepEqual(log.events, ["warning nginx-overdue", "warning killed", "warning killed"]);
  assert.equal(clock.liveTimers, 0);
});

Deno.test("drain: a gunicorn that does not end is killed, and nginx's good end stays one", async () => {
  const { clock, trace, child, drain } = scene();
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
  const { clock, log, child, drain } = scene();
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

Deno.test("drain: during the delay the pair serves on, and is asked to end after it", async () => {
  const { clock, trace, log, child, drain } = scene();
  const pair = {
    nginx: child("nginx", obedientNginx),
    gunicorn: child("gunicorn", obedientGunicorn),
  };

  const drained = drain(pair, { deadlines: { ...deadlines, drainDelay: 5000 } });
  await clock.advance(4999);
  assert.deepEqual(trace, []);
  assert.deepEqual(log.events, ["info drain-delay"]);

  assert.equal(await clock.finish(drained), false);
  assert.deepEqual(trace.slice(0, 2), ["5000: SIGQUIT to nginx", "5030: nginx gone"]);
});

Deno.test("drain: the delay is part of the grace period, not before it", async () => {
  const { clock, trace, child, drain } = scene();
  const pair = { nginx: child("nginx"), gunicorn: child("gunicorn") };

  await clock.finish(drain(pair, { deadlines: { ...deadlines, drainDelay: 5000 } }));

  assert.ok(trace.includes("20000: SIGTERM to nginx's group"));
  assert.ok(trace.includes("25000: SIGKILL to gunicorn's group"));
});

Deno.test("drain: a second stop signal ends the delay at once", async () => {
  const { clock, trace, child, hurry, drain } = scene();
  const pair = {
    nginx: child("nginx", obedientNginx),
    gunicorn: child("gunicorn", obedientGunicorn),
  };

  const drained = drain(pair, { deadlines: { ...deadlines, drainDelay: 5000 } });
  await clock.advance(1200);
  hurry();

  assert.equal(await clock.finish(drained), false);
  assert.equal(trace[0], "1200: SIGQUIT to nginx");
  assert.equal(clock.liveTimers, 0);
});

for (const name of ["nginx", "gunicorn"] as const) {
  Deno.test(`drain: when ${name} ends in the delay there is nothing left to delay for`, async () => {
    const { clock, trace, child, drain } = scene();
    const pair = {
      nginx: child("nginx", obedientNginx),
      gunicorn: child("gunicorn", obedientGunicorn),
    };

    const drained = drain(pair, { deadlines: { ...deadlines, drainDelay: 5000 } });
    await clock.advance(700);
    pair[name].end();
    await clock.finish(drained);

    assert.ok(clock.now() < 1000, `took ${clock.now()} ms`);
    assert.ok(!trace.some((event) => event.endsWith(`to ${name}`)), "nobody signals what is gone");
  });
}

Deno.test("drain: a cut-short start has no traffic, so there is no delay", async () => {
  const { clock, trace, child, drain } = scene();
  const gunicorn = child("gunicorn", obedientGunicorn);

  const forced = await clock.finish(
    drain({ gunicorn }, { deadlines: { ...deadlines, drainDelay: 5000 } }),
  );

  assert.equal(forced, false);
  assert.deepEqual(trace, ["0: SIGTERM to gunicorn's group", "200: gunicorn gone"]);
});

Deno.test("drain: a third stop signal ends the grace period at once", async () => {
  const { clock, trace, log, child, hurry, enough, drain } = scene();
  const pair = { nginx: child("nginx"), gunicorn: child("gunicorn") };

  const drained = drain(pair);
  await clock.advance(1500);
  hurry();
  await clock.advance(100);
  assert.equal(clock.liveTimers, 1, "a second signal alone does not cut the grace short");
  enough();

  assert.equal(await clock.finish(drained), true);
  assert.deepEqual(trace.slice(2), [
    "1600: SIGKILL to nginx's group",
    "1600: nginx gone",
    "1600: SIGKILL to gunicorn's group",
    "1600: gunicorn gone",
  ]);
  assert.ok(log.events.includes("warning killed"));
});

Deno.test("drain: a third stop signal also reaches a gunicorn that is being waited for", async () => {
  const { clock, trace, child, enough, drain } = scene();
  const pair = { nginx: child("nginx", obedientNginx), gunicorn: child("gunicorn") };

  const drained = drain(pair);
  await clock.advance(500);
  enough();

  assert.equal(await clock.finish(drained), true);
  assert.deepEqual(trace.slice(-2), ["500: SIGKILL to gunicorn's group", "500: gunicorn gone"]);
});

Deno.test("drain: with nothing running there is nothing to wait for", async () => {
  const { clock, trace, drain } = scene();

  assert.equal(await clock.finish(drain({})), false);

  assert.deepEqual(trace, []);
  assert.equal(clock.now(), 0);
});

Deno.test("drain: a pair that is gone already is left alone", async () => {
  const { clock, trace, child, drain } = scene();
  const pair = { nginx: child("nginx"), gunicorn: child("gunicorn") };
  pair.nginx.end();
  pair.gunicorn.end();

  assert.equal(await clock.finish(drain(pair)), false);

  assert.deepEqual(trace, ["0: nginx gone", "0: gunicorn gone"]);
});

Deno.test("drain: the orphans of a dead nginx master keep the port, so they are ended too", async () => {
  const { clock, trace, child, drain } = scene();
  const pair = {
    nginx: child("nginx", obedientNginx),
    gunicorn: child("gunicorn", obedientGunicorn),
  };
  pair.nginx.endMaster({ code: 137, signal: "SIGKILL" });

  assert.equal(await clock.finish(drain(pair)), false);

  assert.deepEqual(trace.slice(0, 2), ["0: SIGQUIT to nginx's group", "30: nginx gone"]);
});

Deno.test("drain: the orphans of a dead gunicorn master are ended, after nginx", async () => {
  const { clock, trace, child, drain } = scene();
  const pair = {
    nginx: child("nginx", obedientNginx),
    gunicorn: child("gunicorn", obedientGunicorn),
  };
  pair.gunicorn.endMaster({ code: 1, signal: null });

  assert.equal(await clock.finish(drain(pair)), false);

  assert.deepEqual(trace.slice(-2), ["30: SIGTERM to gunicorn's group", "230: gunicorn gone"]);
});

Deno.test("drain: strays are asked last and killed a second later, which is nobody's fault", async () => {
  const { clock, trace, log, child, drain } = scene();
  const pair = {
    nginx: child("nginx", obedientNginx),
    gunicorn: child("gunicorn", obedientGunicorn),
  };

  const forced = await clock.finish(drain(pair, { strays: child("a stray") }));

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
  const { clock, trace, log, child, drain } = scene();

  const strays = child("a stray", { endsAfter: { SIGTERM: 10 } });
  assert.equal(await clock.finish(drain({}, { strays })), false);

  assert.deepEqual(trace, ["0: SIGTERM to a stray's group", "10: a stray gone"]);
  assert.deepEqual(log.events, []);
});
