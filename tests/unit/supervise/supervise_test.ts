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
    "254: nginx started",
    "255: serving",
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

Deno.test("supervise: says how long each step took, of the start and of the stop", async () => {
  const { clock, log, run, send } = stage();

  const status = run();
  await clock.advance(9000);
  send("SIGTERM");
  await clock.finish(status);

  const said = (event: string) => log.messages[log.events.indexOf(event)];
  assert.equal(
    said("info ready"),
    "ready in 255 ms (gunicorn started 0 ms, socket made 254 ms, app answered 254 ms, nginx started 254 ms)",
  );
  assert.equal(said("info stopping"), "stopping: SIGTERM");
  assert.equal(
    said("info stopped"),
    "stopped: SIGTERM; started in 255 ms (gunicorn started 0 ms, socket made 254 ms, " +
      "app answered 254 ms, nginx started 254 ms), served 8745 ms, " +
      "drained in 204 ms (nginx gone 4 ms, gunicorn gone 204 ms); exit 0",
  );
  assert.deepEqual(log.fields[log.events.indexOf("info stopped")], {
    cause: { kind: "stop requested", signal: "SIGTERM" },
    status: 0,
    marks: {
      "gunicorn started": 0,
      "socket made": 254,
      "app answered": 254,
      "nginx started": 254,
      ready: 255,
      stop: 9000,
      "nginx gone": 9004,
      "gunicorn gone": 9204,
      exit: 9204,
    },
  });
});

for (const name of ["nginx", "gunicorn"] as const) {
  Deno.test(`supervise: while serving, the end of ${name} ends the pair with its status`, async () => {
    const { clock, trace, log, children, run } = stage();

    const status = run();
    await clock.advance(5000);
    children[name]!.end({ code: 3, signal: null });

    assert.equal(await clock.finish(status), 3);
    assert.ok(trace.some((event) => event.startsWith("5000: draining")), "at once");
    assert.ok(children.nginx!.isGone && children.gunicorn!.isGone);
    assert.ok(log.events.includes("error stopping"));
    assert.ok(log.messages.includes(`stopping: ${name} ended by itself (exit 3)`));
  });

  Deno.test(`supervise: ${name}'s orphans are ended before the exit`, async () => {
    const { clock, trace, children, run } = stage();

    const status = run();
    await clock.advance(5000);
    children[name]!.endMaster({ code: 137, signal: "SIGKILL" });

    assert.equal(await clock.finish(status), 137);
    assert.equal(trace.at(-1)?.endsWith("stopped"), true);
    assert.ok(children.nginx!.isGone && children.gunicorn!.isGone);
  });
}

Deno.test("supervise: the first cause stays the cause, whatever comes in the drain", async () => {
  const { clock, log, children, run, send } = stage({ nginx: { endsAfter: {} } });

  const status = run();
  await clock.advance(5000);
  children.gunicorn!.end({ code: 7, signal: null });
  await clock.advance(10);
  send("SIGTERM");
  await clock.advance(10);
  children.nginx!.end({ code: 9, signal: null });

  assert.equal(await clock.finish(status), 7);
  assert.equal(log.events.filter((event) => event.endsWith(" stopping")).length, 1);
});

Deno.test("supervise: a child that ends with a failure after the stop was asked for changes nothing", async () => {
  const { clock, children, run, send } = stage({ gunicorn: { endsAfter: {} } });

  const status = run();
  await clock.advance(5000);
  send("SIGINT");
  await clock.advance(500);
  children.gunicorn!.end({ code: 1, signal: null });

  assert.equal(await clock.finish(status), 0);
});

Deno.test("supervise: of two causes at one moment the first counts, and the story ends once", async () => {
  const { clock, trace, children, run, send } = stage();

  const status = run();
  await clock.advance(5000);
  send("SIGTERM");
  children.nginx!.end({ code: 1, signal: null });
  children.gunicorn!.end({ code: 2, signal: null });

  assert.equal(await clock.finish(status), 0);
  assert.equal(trace.filter((event) => event.endsWith("draining")).length, 1);
});

Deno.test("supervise: what had to be killed after a stop makes 124", async () => {
  const { clock, run, send } = stage({ gunicorn: {} });

  const status = run();
  await clock.advance(1000);
  send("SIGTERM");

  assert.equal(await clock.finish(status), 124);
  assert.equal(clock.now(), 26_000, "25 s of grace");
});

Deno.test("supervise: three stop signals end it at once", async () => {
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

Deno.test("supervise: a stop that was asked for is delayed, any other end is not", async () => {
  const args = ["--drain-delay", "10", "--start-timeout", "2"];

  const asked = stage({ args });
  const stopped = asked.run();
  await asked.clock.advance(1000);
  asked.send("SIGTERM");
  assert.equal(await asked.clock.finish(stopped), 0);
  assert.ok(asked.trace.includes("11000: SIGQUIT to nginx"));

  const neverReady = stage({ args, readyAnswer: () => 503 });
  assert.equal(await neverReady.clock.finish(neverReady.run()), 75);
  assert.ok(neverReady.trace.includes("2000: SIGQUIT to nginx"), neverReady.trace.join("\n"));

  const dead = stage({ args });
  const status = dead.run();
  await dead.clock.advance(1000);
  dead.children.gunicorn!.end({ code: 3, signal: null });
  assert.equal(await dead.clock.finish(status), 3);
  assert.ok(dead.trace.includes("1000: SIGQUIT to nginx"));
  assert.ok(!dead.log.events.includes("info drain-delay"));
});

Deno.test("supervise: links that cannot be made are a warning, not the end", async () => {
  const { clock, log, run, send } = stage({ linkError: new Error("Read-only file system") });

  const status = run();
  await clock.advance(1000);
  send("SIGTERM");

  assert.equal(await clock.finish(status), 0);
  assert.equal(log.events.filter((event) => event === "warning log-link-failed").length, 2);
  assert.match(
    log.messages[0]!,
    /cannot link \S+access\.log to \/dev\/stdout: Read-only file system: make its folder writable/,
  );
  assert.ok(log.events.includes("info ready"));
});

Deno.test("supervise: each phase is told once, with the pair as it is then", async () => {
  const told: string[] = [];
  const onPhase = (phase: string, { nginx, gunicorn }: Pair) => {
    told.push([phase, gunicorn && "gunicorn", nginx && "nginx"].filter(Boolean).join(" "));
  };
  const { clock, run, send } = stage({ tools: { onPhase } });

  const status = run();
  await clock.advance(1000);
  send("SIGTERM");
  await clock.finish(status);

  assert.deepEqual(told, [
    "starting",
    "serving gunicorn nginx",
    "draining gunicorn nginx",
    "stopped gunicorn nginx",
  ]);
});

Deno.test("supervise: a defect ends the pair in order, too", async () => {
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
  assert.match(log.messages[log.events.indexOf("error defect")]!, /undefined is not a function/);
});
