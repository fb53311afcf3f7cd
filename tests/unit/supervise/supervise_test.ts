import assert from "node:assert/strict";
import type { Pair } from "../../../lib/supervise/drain.ts";
import { stage } from "./stage.ts";

Deno.test("supervise: link, start, race, drain, exit", async () => {
  const { clock, trace, log, run, send } = stage();

  const status = run();
  await clock.advance(9000);
  send("SIGTERM");

  assert.equal(await clock.finish(status), 0);
  assert.deepEqual(trace, [
    "0: starting",
    "0: /var/log/nginx/access.log linked",
    "0: /var/log/nginx/error.log linked",
    "0: gunicorn started",
    "6: conf checked",
    "257: nginx started",
    "260: serving",
    "9000: draining",
    "9000: SIGQUIT to nginx",
    "9004: nginx gone",
    "9004: SIGTERM to gunicorn's group",
    "9204: gunicorn gone",
    "9204: stopped",
  ]);
  assert.deepEqual(log.events.filter((event) => !event.startsWith("debug")), [
    "info ready",
    "info stopping",
    "info stopped",
  ]);
  assert.equal(clock.liveTimers, 0);
});

Deno.test("supervise: logs how long each step of the start and of the stop took", async () => {
  const { clock, log, run, send } = stage();

  const status = run();
  await clock.advance(9000);
  send("SIGTERM");
  await clock.finish(status);

  const messageOf = (event: string) => log.messages[log.events.indexOf(event)];
  assert.equal(
    messageOf("info ready"),
    "ready in 260 ms (gunicorn started 0 ms, socket made 257 ms, app answered 257 ms, nginx started 257 ms)",
  );
  assert.equal(messageOf("info stopping"), "stopping: SIGTERM");
  assert.equal(
    messageOf("info stopped"),
    "stopped: SIGTERM; started in 260 ms (gunicorn started 0 ms, socket made 257 ms, " +
      "app answered 257 ms, nginx started 257 ms), served 8740 ms, " +
      "drained in 204 ms (nginx gone 4 ms, gunicorn gone 204 ms); exit 0",
  );
  assert.deepEqual(log.fields[log.events.indexOf("info stopped")], {
    cause: "stop-requested",
    signal: "SIGTERM",
    status: 0,
    marks: {
      "gunicornStarted": 0,
      "socketMade": 257,
      "appAnswered": 257,
      "nginxStarted": 257,
      ready: 260,
      stop: 9000,
      "nginxGone": 9004,
      "gunicornGone": 9204,
      exit: 9204,
    },
  });
});

for (const name of ["nginx", "gunicorn"] as const) {
  Deno.test(`supervise: while serving, the exit of ${name} ends the run with its status`, async () => {
    const { clock, trace, log, children, run } = stage();

    const status = run();
    await clock.advance(5000);
    children[name]!.exit({ code: 3, signal: null });

    assert.equal(await clock.finish(status), 3);
    assert.ok(trace.some((event) => event.startsWith("5000: draining")), "at once");
    assert.ok(children.nginx!.isGone && children.gunicorn!.isGone);
    assert.ok(log.events.includes("error stopping"));
    assert.ok(log.messages.includes(`stopping: ${name} exited by itself with status 3`));
  });

  Deno.test(`supervise: ${name}'s orphans are stopped before the exit`, async () => {
    const { clock, trace, children, run } = stage();

    const status = run();
    await clock.advance(5000);
    children[name]!.exitMaster({ code: 137, signal: "SIGKILL" });

    assert.equal(await clock.finish(status), 137);
    assert.equal(trace.at(-1)?.endsWith("stopped"), true);
    assert.ok(children.nginx!.isGone && children.gunicorn!.isGone);
  });
}

Deno.test("supervise: signals and exits during the drain do not change the cause", async () => {
  const { clock, log, children, run, send } = stage({ nginx: { exitsAfter: {} } });

  const status = run();
  await clock.advance(5000);
  children.gunicorn!.exit({ code: 7, signal: null });
  await clock.advance(10);
  send("SIGTERM");
  await clock.advance(10);
  children.nginx!.exit({ code: 9, signal: null });

  assert.equal(await clock.finish(status), 7);
  assert.equal(log.events.filter((event) => event.endsWith(" stopping")).length, 1);
});

Deno.test("supervise: a child that fails after the stop was requested changes nothing", async () => {
  const { clock, children, run, send } = stage({ gunicorn: { exitsAfter: {} } });

  const status = run();
  await clock.advance(5000);
  send("SIGINT");
  await clock.advance(500);
  children.gunicorn!.exit({ code: 1, signal: null });

  assert.equal(await clock.finish(status), 0);
});

Deno.test("supervise: of two causes at the same time, the first counts, and the pair drains once", async () => {
  const { clock, trace, children, run, send } = stage();

  const status = run();
  await clock.advance(5000);
  send("SIGTERM");
  children.nginx!.exit({ code: 1, signal: null });
  children.gunicorn!.exit({ code: 2, signal: null });

  assert.equal(await clock.finish(status), 0);
  assert.equal(trace.filter((event) => event.endsWith("draining")).length, 1);
});

Deno.test("supervise: a kill after a requested stop gives 124", async () => {
  const { clock, run, send } = stage({ gunicorn: {} });

  const status = run();
  await clock.advance(1000);
  send("SIGTERM");

  assert.equal(await clock.finish(status), 124);
  assert.equal(clock.now(), 26_000, "after a grace period of 25 s");
});

Deno.test("supervise: before the app's first answer gunicorn gets 2 s, and a kill gives 0", async () => {
  const { clock, run, send } = stage({ gunicorn: {}, appAnswersAfter: 60_000 });

  const status = run();
  await clock.advance(1000);
  send("SIGTERM");

  assert.equal(await clock.finish(status), 0);
  assert.equal(clock.now(), 3000);
});

Deno.test("supervise: three stop signals end the run at once", async () => {
  const { clock, trace, run, send } = stage({
    args: ["--drain-delay", "10"],
    nginx: {},
    gunicorn: {},
  });

  const status = run();
  for (let sent = 0; sent < 3; sent++) {
    await clock.advance(1000);
    send("SIGINT");
  }

  assert.equal(await clock.finish(status), 124);
  assert.equal(clock.now(), 3000);
  assert.deepEqual(trace.slice(trace.indexOf("1000: draining")), [
    "1000: draining",
    "2000: SIGQUIT to nginx",
    "3000: SIGKILL to nginx's group",
    "3000: SIGKILL to gunicorn's group",
    "3000: nginx gone",
    "3000: gunicorn gone",
    "3000: stopped",
  ]);
});

Deno.test("supervise: only a requested stop has a drain delay", async () => {
  const args = ["--drain-delay", "10", "--start-timeout", "2"];

  const requested = stage({ args });
  const stopped = requested.run();
  await requested.clock.advance(1000);
  requested.send("SIGTERM");
  assert.equal(await requested.clock.finish(stopped), 0);
  assert.ok(requested.trace.includes("11000: SIGQUIT to nginx"));

  const neverReady = stage({ args, readyAnswer: () => 503 });
  assert.equal(await neverReady.clock.finish(neverReady.run()), 75);
  assert.ok(neverReady.trace.includes("2000: SIGQUIT to nginx"), neverReady.trace.join("\n"));

  const dead = stage({ args });
  const status = dead.run();
  await dead.clock.advance(1000);
  dead.children.gunicorn!.exit({ code: 3, signal: null });
  assert.equal(await dead.clock.finish(status), 3);
  assert.ok(dead.trace.includes("1000: SIGQUIT to nginx"));
  assert.ok(!dead.log.events.includes("info drain-delay"));
});

Deno.test("supervise: links that cannot be made are only a warning", async () => {
  const { clock, log, run, send } = stage({ linkError: new Error("Read-only file system") });

  const status = run();
  await clock.advance(1000);
  send("SIGTERM");

  assert.equal(await clock.finish(status), 0);
  assert.equal(log.events.filter((event) => event === "warning log-link-failed").length, 2);
  assert.match(
    log.messages[0]!,
    /cannot link \S+access\.log to \/dev\/stdout: Read-only file system: run `tandem link-logs`/,
  );
  assert.ok(log.events.includes("info ready"));
});

Deno.test("supervise: the built-in nginx.conf needs no links, so there is no warning", async () => {
  const { clock, log, run, send } = stage({
    args: ["--nginx-conf", "builtin"],
    linkError: new Error("Read-only file system"),
  });

  const status = run();
  await clock.advance(1000);
  send("SIGTERM");

  assert.equal(await clock.finish(status), 0);
  assert.deepEqual(log.events.filter((event) => event.startsWith("warning")), []);
  assert.ok(log.events.includes("info ready"));
});

Deno.test("supervise: each phase is reported once, with the pair at that moment", async () => {
  const phases: string[] = [];
  const onPhase = (phase: string, { nginx, gunicorn }: Pair) => {
    phases.push([phase, gunicorn && "gunicorn", nginx && "nginx"].filter(Boolean).join(" "));
  };
  const { clock, run, send } = stage({ dependencies: { onPhase } });

  const status = run();
  await clock.advance(1000);
  send("SIGTERM");
  await clock.finish(status);

  assert.deepEqual(phases, [
    "starting",
    "serving gunicorn nginx",
    "draining gunicorn nginx",
    "stopped gunicorn nginx",
  ]);
});

Deno.test("supervise: an internal error stops the pair in order, too", async () => {
  const { clock, trace, log, run } = stage({
    checkConf() {
      throw new TypeError("undefined is not a function");
    },
  });

  assert.equal(await clock.finish(run()), 70);

  assert.deepEqual(trace.slice(-3), [
    "6: SIGTERM to gunicorn's group",
    "206: gunicorn gone",
    "206: stopped",
  ]);
  assert.match(
    log.messages[log.events.indexOf("error internal-error")]!,
    /undefined is not a function/,
  );
});
