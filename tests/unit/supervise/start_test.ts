import assert from "node:assert/strict";
import { parseDirectives, summarizeConf } from "../../../lib/nginx/directives.ts";
import { Refusal } from "../../../lib/supervise/stop_cause.ts";
import { FakeChild } from "../support/fake_children.ts";
import { missing, plainListen, stage } from "./stage.ts";

Deno.test("start: nginx starts only when the app has answered, however early its conf is checked", async () => {
  const { clock, trace, run } = stage({ appAnswersAfter: 3000, confCheckTakes: 5 });

  void run();
  await clock.advance(2999);
  assert.ok(!trace.some((event) => event.endsWith("nginx started")));

  await clock.advance(1001);
  assert.ok(trace.some((event) => event.endsWith("nginx started")));
});

Deno.test("start: nginx starts only when its conf is checked, however early the app answers", async () => {
  const { clock, trace, run } = stage({ appAnswersAfter: 10, confCheckTakes: 4000 });

  void run();
  await clock.advance(3999);
  assert.ok(!trace.some((event) => event.endsWith("nginx started")));

  await clock.advance(1);
  assert.deepEqual(trace.slice(-2), ["4000: conf checked", "4000: nginx started"]);
});

Deno.test("start: nginx is spawned by the plan that its check returned", async () => {
  const { clock, trace, run } = stage({
    checkConf: () => ({
      plan: { ...stage().plan.nginx, args: ["-c", "checked.conf", "-g", "daemon off;"] },
      plainListens: [plainListen],
    }),
    dependencies: {
      spawn({ name, args }) {
        trace.push(`${name} with ${args.join(" ")}`);
        return new FakeChild(name, clock, trace);
      },
      probeApp: () => Promise.resolve(200),
    },
  });

  void run();
  await clock.advance(1000);

  assert.ok(trace.includes("nginx with -c checked.conf -g daemon off;"));
});

Deno.test("start: every plain HTTP address that the check found is asked", async () => {
  const { listens: plainListens } = summarizeConf([
    ...parseDirectives("http { server { listen 127.0.0.1:8443-8444; } }"),
  ]);
  const asked: unknown[] = [];
  const { clock, plan, run } = stage({
    checkConf: () => ({ plan: plan.nginx, plainListens }),
    dependencies: {
      probeThroughNginx(listen) {
        asked.push(listen);
        return () => Promise.resolve(200);
      },
    },
  });

  void run();
  await clock.advance(1000);

  assert.deepEqual(plainListens.map(({ text }) => text), ["127.0.0.1:8443", "127.0.0.1:8444"]);
  assert.deepEqual(asked, plainListens);
});

Deno.test("start: a conf that nginx rejects gives 78, and nginx is not started", async () => {
  const { clock, trace, log, run } = stage({
    checkConf() {
      throw new Refusal("port 8080 is in use");
    },
  });

  assert.equal(await clock.finish(run()), 78);
  assert.ok(log.messages.includes("stopping: port 8080 is in use"));
  assert.ok(!trace.some((event) => event.includes("nginx started")));
  assert.ok(trace.includes("206: gunicorn gone"));
});

for (const child of ["gunicorn", "nginx"] as const) {
  Deno.test(`start: a ${child} that cannot be spawned gives 69`, async () => {
    const { clock, trace, log, run } = stage({ spawnError: missing(child) });

    assert.equal(await clock.finish(run()), 69);
    assert.ok(log.messages.includes(`stopping: Cannot start ${child}: no such file`));
    assert.ok(trace.at(-1)?.endsWith("stopped"));
    assert.equal(trace.some((event) => event.endsWith("gunicorn gone")), child === "nginx");
    assert.equal(clock.liveTimers, 0);
  });
}

Deno.test("start: not ready within --start-timeout gives 75", async () => {
  const { clock, trace, log, run } = stage({
    args: ["--start-timeout", "30"],
    readyAnswer: () => 503,
  });

  assert.equal(await clock.finish(run()), 75);
  assert.ok(trace.includes("30000: draining"));
  assert.ok(log.messages.includes("stopping: not ready within 30 s"));
  assert.equal(clock.liveTimers, 0);
});

Deno.test("start: --start-timeout includes the app's import, and ends when ready", async () => {
  const slow = stage({ args: ["--start-timeout", "2"], appAnswersAfter: 5000 });
  assert.equal(await slow.clock.finish(slow.run()), 75);
  assert.ok(!slow.trace.some((event) => event.includes("nginx started")));

  const good = stage({ args: ["--start-timeout", "2"] });
  const status = good.run();
  await good.clock.advance(60_000);
  assert.ok(good.trace.at(-1)?.endsWith("serving"));
  good.send("SIGTERM");
  assert.equal(await good.clock.finish(status), 0);
});

Deno.test("start: without --start-timeout a start may take any time", async () => {
  const { clock, trace, run, send } = stage({ readyAnswer: () => 503 });

  const status = run();
  await clock.advance(60 * 60 * 1000);
  assert.ok(trace.at(-1)?.endsWith("nginx started"));
  send("SIGTERM");
  assert.equal(await clock.finish(status), 0);
});

Deno.test("start: each status other than 200 gives one warning, until it changes", async () => {
  const { clock, log, run } = stage({
    readyAnswer: (after) =>
      after < 2000 ? 503 : after < 4000 ? 404 : after < 6000 ? undefined : after < 9000 ? 404 : 200,
  });

  void run();
  await clock.advance(20_000);

  const warnings = log.messages.filter((_, index) => log.events[index] === "warning not-ready");
  assert.deepEqual(warnings, [
    "not ready: GET /ping answers 503",
    "not ready: GET /ping answers 404",
  ]);
  assert.ok(log.events.includes("info ready"));
});

Deno.test("start: another 2xx from the ready path is not ready", async () => {
  const { clock, log, run } = stage({ readyAnswer: () => 204 });

  void run();
  await clock.advance(5000);

  assert.ok(!log.events.includes("info ready"));
});

Deno.test("start: nginx starts after any HTTP status from the app", async () => {
  const { clock, trace, run } = stage({ dependencies: { probeApp: () => Promise.resolve(500) } });

  void run();
  await clock.advance(10);

  assert.ok(trace.includes("6: nginx started"));
});
