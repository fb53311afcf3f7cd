/** Starts that end before the pair is ready: by a stop, or by a child's exit. */

import assert from "node:assert/strict";
import { plainListen, type Script, stage } from "./stage.ts";

interface CutShort {
  phase: string;
  at: number;
  script?: Script;
  /** The trace from the stop on. */
  then: string[];
}

const stops: CutShort[] = [
  {
    phase: "while the app imports",
    at: 100,
    then: ["100: draining", "100: SIGTERM to gunicorn's group", "300: gunicorn gone"],
  },
  {
    phase: "while nginx checks its conf",
    at: 300,
    script: { confCheckTakes: 1000 },
    then: ["300: draining", "300: SIGTERM to gunicorn's group", "500: gunicorn gone"],
  },
  {
    phase: "while the ready path does not answer 200 yet",
    at: 2000,
    script: { readyAnswer: () => undefined },
    then: [
      "2000: draining",
      "2000: SIGQUIT to nginx",
      "2004: nginx gone",
      "2004: SIGTERM to gunicorn's group",
      "2204: gunicorn gone",
    ],
  },
];

for (const { phase, at, script, then } of stops) {
  Deno.test(`start: a stop ${phase} starts nothing more and stops what has started`, async () => {
    const { clock, trace, log, run, send } = stage(script);

    const status = run();
    await clock.advance(at);
    send("SIGTERM");

    assert.equal(await clock.finish(status), 0);
    assert.deepEqual(trace.slice(trace.indexOf(then[0]!), -1), then);
    assert.ok(!log.events.includes("info ready"));
    assert.equal(clock.liveTimers, 0);
    await clock.advance(10_000);
    assert.ok(trace.at(-1)?.endsWith("stopped"), "nothing follows");
  });
}

Deno.test("start: a stop before the start starts nothing", async () => {
  const { clock, trace, run, send } = stage();

  send("SIGTERM");

  assert.equal(await clock.finish(run()), 0);
  assert.ok(!trace.some((event) => event.endsWith(" started")));
  assert.deepEqual(trace.slice(-2), ["0: draining", "0: stopped"]);
});

Deno.test("start: a stop right after gunicorn's start stops it, and starts nothing more", async () => {
  const { clock, trace, run, send } = stage({ dependencies: { isGunicornStarted: true } });

  send("SIGTERM");

  assert.equal(await clock.finish(run()), 0);
  assert.deepEqual(trace.filter((event) => !event.endsWith(" linked")), [
    "0: starting",
    "0: gunicorn started",
    "0: draining",
    "0: SIGTERM to gunicorn's group",
    "200: gunicorn gone",
    "200: stopped",
  ]);
  assert.equal(clock.liveTimers, 0);
});

const ends: CutShort[] = [
  {
    phase: "while it imports the app",
    at: 100,
    then: ["100: gunicorn gone", "100: draining"],
  },
  {
    phase: "while nginx checks its conf",
    at: 300,
    script: { confCheckTakes: 1000 },
    then: ["300: gunicorn gone", "300: draining"],
  },
  {
    phase: "before the pair is ready",
    at: 2000,
    script: { readyAnswer: () => undefined },
    then: ["2000: gunicorn gone", "2000: draining", "2000: SIGQUIT to nginx", "2004: nginx gone"],
  },
];

for (const { phase, at, script, then } of ends) {
  Deno.test(`start: gunicorn's exit ${phase} ends the run, with its status`, async () => {
    const { clock, trace, children, run } = stage(script);

    const status = run();
    await clock.advance(at);
    children.gunicorn!.exit({ code: 3, signal: null });

    assert.equal(await clock.finish(status), 3);
    assert.deepEqual(trace.slice(trace.indexOf(then[0]!), -1), then);
    assert.equal(clock.liveTimers, 0);
  });
}

Deno.test("start: nginx's exit before the pair is ready ends the run", async () => {
  const { clock, trace, children, run } = stage({ readyAnswer: () => undefined });

  const status = run();
  await clock.advance(2000);
  children.nginx!.exit({ code: 1, signal: null });

  assert.equal(await clock.finish(status), 1);
  assert.deepEqual(trace.slice(-4), [
    "2000: draining",
    "2000: SIGTERM to gunicorn's group",
    "2200: gunicorn gone",
    "2200: stopped",
  ]);
});

Deno.test("start: nothing is started after a conf check that ignores the abort", async () => {
  const { clock, trace, plan, run, send } = stage({
    dependencies: {
      async checkNginx() {
        await clock.sleep(1000);
        return { plan: plan.nginx, plainListens: [plainListen] };
      },
    },
  });

  const status = run();
  await clock.advance(900);
  send("SIGTERM");
  assert.equal(await clock.finish(status), 0);

  await clock.advance(10_000);
  assert.ok(!trace.some((event) => event.endsWith("nginx started")), trace.join("\n"));
});
