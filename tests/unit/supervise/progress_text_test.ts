import assert from "node:assert/strict";
import { type ProgressFacts, progressText } from "../../../lib/supervise/progress_text.ts";

const limits = { startTimeout: 0, drainDelay: 0, gracePeriod: 25_000 };
const served = {
  "gunicorn started": 40,
  "app answered": 240,
  "nginx started": 244,
  "ready": 260,
  "stop": 10_000,
};
const notAsked = () => assert.fail("nobody wants to know");

const starting = (different: Partial<ProgressFacts>): ProgressFacts => ({
  phase: "starting",
  marks: { "gunicorn started": 40 },
  now: 10_200,
  limits,
  readyPath: "/ping",
  countConnections: notAsked,
  ...different,
});
const draining = (different: Partial<ProgressFacts>) =>
  starting({
    phase: "draining",
    marks: served,
    now: 18_000,
    countConnections: () => 12,
    ...different,
  });

const cases: [words: string | undefined, wait: ProgressFacts][] = [
  ["starting: waiting for the app's first answer, 10 s", starting({})],
  [
    "starting: waiting for the app's first answer, 10 s of 60 s",
    starting({ limits: { ...limits, startTimeout: 60_000 } }),
  ],
  [
    "starting: waiting for nginx's look at its conf, 3 s",
    starting({ marks: { "gunicorn started": 40, "app answered": 240 }, now: 3000 }),
  ],
  [
    "starting: waiting for GET /ping to answer 200, 10 s",
    starting({ marks: { "app answered": 240, "nginx started": 244 } }),
  ],
  [undefined, starting({ phase: "serving", marks: served })],
  [undefined, starting({ phase: "stopped", marks: served })],
  ["draining: nginx has 12 connections, 8 s of 25 s", draining({})],
  ["draining: nginx has 1 connection, 8 s of 25 s", draining({ countConnections: () => 1 })],
  ["draining: waiting for nginx, 8 s of 25 s", draining({ countConnections: () => 0 })],
  ["draining: waiting for nginx, 8 s of 25 s", draining({ countConnections: () => undefined })],
  [
    "draining: serving on for --drain-delay, 8 s of 10 s",
    draining({ limits: { ...limits, drainDelay: 10_000 }, countConnections: notAsked }),
  ],
  [
    "draining: nginx has 12 connections, 11 s of 25 s",
    draining({ limits: { ...limits, drainDelay: 10_000 }, now: 21_000 }),
  ],
  [
    "draining: waiting for gunicorn, 8 s of 25 s",
    draining({ marks: { ...served, "nginx gone": 12_000 }, countConnections: notAsked }),
  ],
  [
    "draining: waiting for gunicorn, 0 s of 25 s",
    draining({ marks: { "gunicorn started": 40, "stop": 500 }, now: 499 }),
  ],
  [
    "draining: waiting for what is left, 8 s of 25 s",
    draining({ marks: { ...served, "nginx gone": 12_000, "gunicorn gone": 13_000 } }),
  ],
];

for (const [words, wait] of cases) {
  Deno.test(`waiting: ${words ?? `nothing while ${wait.phase}`}`, () => {
    assert.equal(progressText(wait), words);
  });
}
