import assert from "node:assert/strict";
import { RunRecord } from "../../../lib/supervise/run_record.ts";
import type { StateFile } from "../../../lib/host/state/file.ts";
import { parseState, type State } from "../../../lib/host/state/schema.ts";
import type { Log } from "../../../lib/log.ts";
import type { LaunchPlan } from "../../../lib/plan/launch_plan.ts";
import type { Listen } from "../../../lib/nginx/directives.ts";
import { Timeline } from "../../../lib/supervise/timeline.ts";
import { FakeClock } from "../support/fake_clock.ts";

const plan = {
  socket: "/tmp/gunicorn.sock",
  readyPath: "/ping",
  startTimeout: 60_000,
  deadlines: { drainDelay: 5000, nginx: 20_000, grace: 25_000 },
} as LaunchPlan;

const listen = (port: number, plainHttp: boolean): Listen => ({
  address: { transport: "tcp", hostname: "127.0.0.1", port },
  text: `${port}`,
  plainHttp,
});

function scene() {
  const clock = new FakeClock();
  const states: State[] = [];
  let removed = 0;
  const file: StateFile = {
    // Parsed as other commands do.
    write: (state) =>
      void states.push(parseState(JSON.stringify({ pid: 7, startTicks: 8, ...state }))),
    remove: () => void removed++,
  };
  const record = new RunRecord(file, plan, clock);
  const timeline = new Timeline(clock, () => record.onEvent({ kind: "mark" }));
  const last = () => states[states.length - 1]!;
  return { clock, states, record, timeline, last, removed: () => removed };
}

Deno.test("record: each phase is written at once", () => {
  const { record, timeline, states, last } = scene();

  record.onPhase("starting", {}, timeline);

  assert.equal(states.length, 1);
  assert.equal(last().phase, "starting");
  assert.deepEqual(last().timeline, { start: 0 });
  assert.deepEqual(last().limits, { startTimeout: 60_000, drainDelay: 5000, grace: 25_000 });
  assert.equal(last().ready, undefined, "not known before nginx has checked its conf");
});

Deno.test("record: marks that follow closely are written together, a little later", async () => {
  const { clock, record, timeline, states, last } = scene();
  record.onPhase("starting", {}, timeline);

  timeline.mark("gunicornStarted");
  timeline.mark("socketMade");
  await clock.advance(10);
  timeline.mark("appAnswered");
  assert.equal(states.length, 1);
  await clock.advance(10);

  assert.equal(states.length, 2);
  assert.deepEqual(last().timeline, {
    "start": 0,
    "gunicornStarted": 0,
    "socketMade": 0,
    "appAnswered": 10,
  });
});

Deno.test("record: a phase that follows writes the marks too", async () => {
  const { clock, record, timeline, states, last } = scene();
  record.onPhase("starting", {}, timeline);
  timeline.mark("ready");
  record.onPhase("serving", {}, timeline);

  await clock.advance(1000);

  assert.equal(states.length, 2);
  assert.equal(last().timeline.ready, 0);
});

Deno.test("record: the ready check asks nginx over plain HTTP, or else the app", () => {
  const { record, timeline, last } = scene();
  record.onListens([listen(8443, false), listen(8080, true)]);
  record.onPhase("serving", {}, timeline);
  assert.deepEqual(last().ready, {
    address: { transport: "tcp", hostname: "127.0.0.1", port: 8080 },
    path: "/ping",
    throughNginx: true,
  });
  assert.equal(last().listens.length, 2);

  record.onListens([listen(8443, false)]);
  record.onPhase("serving", {}, timeline);
  assert.deepEqual(last().ready, {
    address: { transport: "unix", path: "/tmp/gunicorn.sock" },
    path: "/ping",
    throughNginx: false,
  });
});

Deno.test("record: reloads are counted, with the last error", async () => {
  const { clock, record, timeline, last } = scene();
  record.onPhase("serving", {}, timeline);

  await clock.advance(500);
  record.onEvent({ kind: "reload", complaint: undefined });
  assert.deepEqual(last().reloads, {
    done: 1,
    refused: 0,
    last: { at: 500 },
  });

  await clock.advance(500);
  record.onEvent({ kind: "reload", complaint: 'unknown directive "x"' });
  assert.deepEqual(last().reloads, {
    done: 1,
    refused: 1,
    last: { at: 1000, complaint: 'unknown directive "x"' },
  });
});

Deno.test("record: the stop cause is written with the drain, in one line", () => {
  const { record, timeline, last } = scene();
  record.onEvent({
    kind: "stop",
    cause: { kind: "internal-error", trace: "no\n    at lib/x.ts:1" },
  });
  record.onPhase("draining", {}, timeline);

  assert.equal(last().stopCause, "internal error (a bug in tandem), please report it");
});

Deno.test("record: the step of the drain is written, and decides the progress text", async () => {
  const { clock, record, timeline, last } = scene();
  timeline.mark("stop");
  record.onPhase("draining", {}, timeline);
  assert.equal(last().drainStep, undefined);

  record.onEvent({ kind: "drain-step", step: "drain-delay" });
  await clock.advance(1000);
  assert.equal(last().drainStep, "drain-delay");
  const delaying = "draining: still serving for --drain-delay, 1 s of 5 s";
  assert.equal(await record.progressText(), delaying);

  record.onEvent({ kind: "drain-step", step: "nginx" });
  await clock.advance(1000);
  assert.equal(last().drainStep, "nginx");
  assert.equal(await record.progressText(), "draining: waiting for nginx to exit, 2 s of 25 s");
  assert.equal(last().limits.drainDelay, 5000, "limits are those of the plan");
});

Deno.test("record: the last ten lines are kept at every log level", async () => {
  const { clock, record, timeline, last } = scene();
  const lines: string[] = [];
  const line = (_: string, message: string) => void lines.push(message);
  const log: Log = { debug: line, info: line, warning: line, error: line };
  record.onPhase("serving", {}, timeline);

  const memory = record.events.recordingLog(log);
  memory.debug("links", "not kept");
  for (let count = 1; count <= 12; count++) memory.warning("not-ready", `${count}\nmore`);
  await clock.advance(1000);

  assert.equal(lines.length, 13);
  const kept = last().events.map(({ message }) => message);
  assert.deepEqual(kept, ["3", "4", "5", "6", "7", "8", "9", "10", "11", "12"]);
});

Deno.test("record: nothing is written after it is closed", async () => {
  const { clock, record, timeline, states, removed } = scene();
  record.onPhase("serving", {}, timeline);
  timeline.mark("exit");
  record.close();
  await clock.advance(1000);

  assert.equal(states.length, 1);
  assert.equal(removed(), 1);
});

Deno.test("record: a run continues without a state file", async () => {
  const clock = new FakeClock();
  const record = new RunRecord(undefined, plan, clock);
  record.onPhase("serving", {}, new Timeline(clock, () => record.onEvent({ kind: "mark" })));
  record.onEvent({ kind: "reload", complaint: undefined });
  await clock.advance(1000);
  record.close();

  assert.equal(clock.liveTimers, 0);
});

Deno.test("record: relayed lines are counted in the file once in 5 s, and only if there were any", async () => {
  const { clock, record, timeline, states, last } = scene();
  const lines = { relayed: 0, dropped: 0 };
  record.onPhase("serving", {}, timeline);
  assert.equal(last().lines, undefined);
  record.onRelay(() => ({ ...lines }));
  await clock.advance(60_000);
  const before = states.length;

  for (let count = 1; count <= 40; count++) {
    lines.relayed = count;
    record.onLines();
    await clock.advance(100);
  }
  assert.equal(states.length, before);
  await clock.advance(1000);
  assert.equal(states.length, before + 1);
  assert.deepEqual(last().lines, { relayed: 40, dropped: 0 });
  await clock.advance(60_000);
  assert.equal(states.length, before + 1, "nothing more without lines");
});

Deno.test("record: the state is what is written, and gone after the end", () => {
  const { record, timeline, last } = scene();
  assert.equal(record.state, undefined);
  record.onPhase("starting", {}, timeline);
  record.onWorkerDeaths(1, { SIGKILL: 1 });
  record.onPhase("serving", {}, timeline);
  const state = JSON.parse(JSON.stringify({ pid: 7, startTicks: 8, ...record.state! }));
  assert.deepEqual(state, last());
  assert.deepEqual(last().workerDeathReasons, { SIGKILL: 1 });
  record.close();
  assert.equal(record.state, undefined);
});
