import assert from "node:assert/strict";
import type { SignalName } from "../../../lib/plan/signals.ts";
import { type Script, type Stage, stage } from "./stage.ts";

/** A stage whose pair has been serving for a second. */
async function serving(script: Script = {}): Promise<Stage & { status: Promise<number> }> {
  const scene = stage(script);
  const status = scene.run();
  await scene.clock.advance(1000);
  scene.trace.length = 0;
  scene.log.events.length = 0;
  return Object.assign(scene, { status });
}

const actions: [SignalName, sent: string[], event: string][] = [
  ["SIGHUP", ["1000: SIGHUP to nginx", "1000: SIGHUP to gunicorn"], "info reloaded"],
  ["SIGUSR1", ["1000: SIGUSR1 to nginx", "1000: SIGUSR1 to gunicorn"], "info reopen-logs"],
  ["SIGTTIN", ["1000: SIGTTIN to gunicorn"], "info more-workers"],
  ["SIGTTOU", ["1000: SIGTTOU to gunicorn"], "info fewer-workers"],
  ["SIGWINCH", [], ""],
];

for (const [signal, sent, event] of actions) {
  Deno.test(`control: ${signal} while serving`, async () => {
    const { clock, trace, log, send } = await serving();

    send(signal);
    await clock.settle();

    assert.deepEqual(trace, sent);
    assert.deepEqual(log.events, event ? [event] : []);
  });
}

Deno.test("control: a conf that nginx rejects is an error, and nothing changes", async () => {
  const { clock, trace, log, send } = await serving({
    findConfComplaint: () => Promise.resolve('unknown directive "lsten"'),
  });

  send("SIGHUP");
  await clock.settle();

  assert.deepEqual(trace, []);
  assert.deepEqual(log.events, ["error not-reloaded"]);
  assert.match(
    log.messages.at(-1)!,
    /^reload rejected, still on the old configuration: unknown directive "lsten"$/,
  );
});

Deno.test("control: a check that fails itself is an error, and the pair still serves", async () => {
  const { clock, trace, log, send, status } = await serving({
    findConfComplaint: () => Promise.reject(new Error("too many processes")),
  });

  send("SIGHUP");
  await clock.advance(5000);

  assert.deepEqual(trace, []);
  assert.deepEqual(log.events, ["error control-failed"]);
  send("SIGTERM");
  assert.equal(await clock.finish(status), 0);
});

Deno.test("control: a reload whose check ends after the stop is not done", async () => {
  const check = Promise.withResolvers<undefined>();
  const { clock, trace, send, status } = await serving({
    findConfComplaint: () => check.promise,
  });

  send("SIGHUP");
  await clock.settle();
  send("SIGTERM");
  await clock.settle();
  check.resolve(undefined);

  assert.equal(await clock.finish(status), 0);
  assert.ok(!trace.some((event) => event.includes("SIGHUP")), trace.join("\n"));
});

Deno.test("control: what the stop does to a reload's check is no rejection", async () => {
  const check = Promise.withResolvers<string>();
  const { clock, log, send, status } = await serving({ findConfComplaint: () => check.promise });

  send("SIGHUP");
  await clock.settle();
  send("SIGTERM");
  await clock.settle();
  check.resolve("the test was killed by SIGKILL");

  assert.equal(await clock.finish(status), 0);
  assert.ok(!log.events.includes("error not-reloaded"), log.messages.join("\n"));
});

for (const signal of ["SIGHUP", "SIGUSR1", "SIGTTIN", "SIGTTOU"] as const) {
  Deno.test(`control: ${signal} only gives a warning before both children run, and while draining`, async () => {
    const { clock, trace, log, run, send } = stage();

    const status = run();
    await clock.advance(100);
    send(signal);
    await clock.advance(900);
    send("SIGTERM");
    await clock.settle();
    send(signal);
    await clock.finish(status);

    assert.ok(!trace.some((event) => event.includes(signal)), trace.join("\n"));
    const warnings = log.messages.filter((_, index) =>
      log.events[index] === "warning signal-ignored"
    );
    assert.deepEqual(warnings, [
      `${signal} ignored while tandem is starting`,
      `${signal} ignored while tandem is draining`,
    ]);
  });
}

Deno.test("control: a pair that runs but is never ready obeys control signals", async () => {
  const { clock, trace, run, send } = stage({ readyAnswer: () => 500 });

  const status = run();
  await clock.advance(1000);
  send("SIGHUP");
  await clock.settle();
  send("SIGTERM");
  await clock.finish(status);

  for (const child of ["nginx", "gunicorn"]) {
    assert.ok(trace.some((event) => event.includes(`${child}`) && event.includes("SIGHUP")), child);
  }
});

/** gunicorn answers at 250, so nginx starts at 250. */
const LATE_NGINX: Script = {
  nginx: { handlesAfter: 390, exitsAfter: { SIGQUIT: 4 } },
  gunicorn: { handlesAfter: 300, exitsAfter: { SIGTERM: 200 } },
};

for (
  const [signal, receivers, at] of [
    ["SIGHUP", ["nginx", "gunicorn"], 650],
    ["SIGUSR1", ["nginx", "gunicorn"], 650],
    ["SIGTTIN", ["gunicorn"], 300],
    ["SIGTTOU", ["gunicorn"], 300],
  ] as const
) {
  Deno.test(`control: ${signal} waits for the handlers of ${receivers.join(" and ")}`, async () => {
    const { clock, trace, run, send } = stage(LATE_NGINX);
    const status = run();
    await clock.advance(260);

    send(signal);
    await clock.advance(1000);

    assert.deepEqual(
      trace.filter((event) => event.includes(signal)),
      receivers.map((name) => `${at}: ${signal} to ${name}`),
    );
    send("SIGTERM");
    assert.equal(await clock.finish(status), 0);
  });
}

Deno.test("control: a stop does not wait for handlers, and the waiting signal is dropped", async () => {
  const { clock, trace, run, send } = stage(LATE_NGINX);
  const status = run();
  await clock.advance(260);

  send("SIGHUP");
  await clock.advance(40);
  send("SIGTERM");

  assert.equal(await clock.finish(status), 0);
  assert.ok(trace.includes("300: SIGQUIT to nginx"), trace.join("\n"));
  assert.ok(trace.includes("304: SIGTERM to gunicorn's group"), trace.join("\n"));
  await clock.advance(60_000);
  assert.ok(!trace.some((event) => event.includes("SIGHUP")), trace.join("\n"));
  assert.equal(clock.liveTimers, 0);
});

Deno.test("control: a child that never handles a signal does not get it", async () => {
  const { clock, trace, log, run, send } = stage({
    nginx: { handlesAfter: Infinity, exitsAfter: { SIGQUIT: 4 } },
  });
  const status = run();
  await clock.advance(1000);

  send("SIGHUP");
  await clock.advance(60_000);

  assert.ok(!trace.some((event) => event.includes("SIGHUP")), trace.join("\n"));
  assert.equal(log.events.at(-1), "error not-forwarded");
  assert.equal(
    log.messages.at(-1),
    "SIGHUP not forwarded: nginx does not handle SIGHUP yet, which would end it: send it again",
  );
  send("SIGTERM");
  assert.equal(await clock.finish(status), 0);
});
