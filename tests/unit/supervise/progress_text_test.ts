import assert from "node:assert/strict";
import type { DrainStep } from "../../../lib/supervise/drain.ts";
import { type ProgressFacts, progressText } from "../../../lib/supervise/progress_text.ts";

const limits = { startTimeout: 0, drainDelay: 0, grace: 25_000 };
const served = {
  "gunicornStarted": 40,
  "appAnswered": 240,
  "nginxStarted": 244,
  "ready": 260,
  "stop": 10_000,
};
const notCalled = () => assert.fail("the count is not needed");

const starting = (different: Partial<ProgressFacts>): ProgressFacts => ({
  phase: "starting",
  drainStep: undefined,
  marks: { gunicornStarted: 40 },
  now: 10_200,
  limits,
  readyPath: "/ping",
  lastAnswer: undefined,
  unansweredSince: undefined,
  countConnections: notCalled,
  ...different,
});
const draining = (drainStep: DrainStep | undefined, different: Partial<ProgressFacts> = {}) =>
  starting({ phase: "draining", drainStep, marks: served, now: 18_000, ...different });

const cases: [text: string | undefined, facts: ProgressFacts][] = [
  ["starting: waiting for the app's first answer, 10 s", starting({})],
  [
    "starting: waiting for the app's first answer, 10 s of 60 s",
    starting({ limits: { ...limits, startTimeout: 60_000 } }),
  ],
  [
    "starting: waiting for GET /ping to answer 200 (last answer: 500), 10 s",
    starting({
      marks: { gunicornStarted: 40, appAnswered: 240, nginxStarted: 244 },
      lastAnswer: 500,
    }),
  ],
  [
    "starting: waiting for nginx to check its conf, 3 s",
    starting({ marks: { gunicornStarted: 40, appAnswered: 240 }, now: 3000 }),
  ],
  [
    "starting: waiting for GET /ping to answer 200, 10 s",
    starting({ marks: { appAnswered: 240, nginxStarted: 244 } }),
  ],
  [
    "starting: waiting for the app's first answer (no answer yet for 31 s), 40 s",
    starting({ unansweredSince: 9000, now: 40_000 }),
  ],
  [
    "starting: waiting for GET /ping to answer 200 (no answer yet for 31 s), 40 s",
    starting({
      marks: { appAnswered: 240, nginxStarted: 244 },
      ...{ unansweredSince: 9000, now: 40_000, lastAnswer: 503 },
    }),
  ],
  [undefined, starting({ phase: "serving", marks: served })],
  [undefined, starting({ phase: "stopped", marks: served })],
  [
    "draining: nginx has 12 connections, 8 s of 25 s",
    draining("nginx", { countConnections: () => 12 }),
  ],
  [
    "draining: nginx has 1 connection, 8 s of 25 s",
    draining("nginx", { countConnections: () => 1 }),
  ],
  [
    "draining: waiting for nginx to exit, 8 s of 25 s",
    draining("nginx", { countConnections: () => 0 }),
  ],
  [
    "draining: waiting for nginx to exit, 8 s of 25 s",
    draining("nginx", { countConnections: () => undefined }),
  ],
  [
    "draining: still serving for --drain-delay, 8 s of 10 s",
    draining("drain-delay", { limits: { ...limits, drainDelay: 10_000 } }),
  ],
  [
    "draining: nginx has 12 connections, 11 s of 25 s",
    draining("nginx", {
      limits: { ...limits, drainDelay: 10_000 },
      now: 21_000,
      countConnections: () => 12,
    }),
  ],
  ["draining: waiting for gunicorn to exit, 8 s of 25 s", draining("gunicorn")],
  [
    "draining: waiting for gunicorn to exit, 0 s of 25 s",
    draining("gunicorn", { marks: { gunicornStarted: 40, stop: 500 }, now: 499 }),
  ],
  ["draining: waiting for orphans to exit, 8 s of 25 s", draining("orphans")],
  ["draining: waiting for killed processes to exit, 8 s of 25 s", draining("kill")],
  ["draining: stopping, 8 s of 25 s", draining(undefined)],
];

for (const [text, facts] of cases) {
  Deno.test(`progress text: ${text ?? `none while ${facts.phase}`}`, () => {
    assert.equal(progressText(facts), text);
  });
}
