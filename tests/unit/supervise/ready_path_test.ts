import assert from "node:assert/strict";
import type { Listen } from "../../../lib/nginx/directives.ts";
import type { Probe } from "../../../lib/supervise/readiness.ts";
import { untilReady } from "../../../lib/supervise/ready_path.ts";
import { FakeClock } from "../support/fake_clock.ts";

type Answer = number | "refused" | "closed" | "hangs";

function listenOn(port: number): Listen {
  return {
    text: `${port}`,
    address: { transport: "tcp", hostname: "127.0.0.1", port },
    plainHttp: true,
  };
}

function probeOf(answer: () => Answer): Probe {
  return async (signal, onConnected = () => {}) => {
    const given = answer();
    if (given === "refused") throw new Error("connection refused");
    if (given === "hangs") {
      await new Promise((_, reject) =>
        signal.addEventListener("abort", () => reject(signal.reason), { once: true })
      );
    }
    onConnected();
    if (given === "closed") throw new Error("not HTTP");
    return given as number;
  };
}

/** @returns which address decided, or "app", and when; "never" if nothing has within ten minutes */
async function decide(answers: ((now: number) => Answer)[], app: Answer) {
  const clock = new FakeClock();
  const starting = new AbortController();
  const refused: number[] = [];
  const listens = answers.map((_, index) => listenOn(8080 + index));
  let result: string | undefined;
  const ready = untilReady(
    {
      listens,
      probeListen: (listen) => probeOf(() => answers[listens.indexOf(listen)]!(clock.now())),
      probeApp: probeOf(() => app),
      onRefused: (status) => void refused.push(status),
      onUnanswered() {},
    },
    clock,
    starting.signal,
  ).then((listen) => void (result = `${listen?.text ?? "app"} at ${clock.now()}`), () => {});
  await clock.advance(600_000);
  starting.abort("the test is over");
  await clock.finish(ready);
  assert.equal(clock.liveTimers, 0);
  return { result: result ?? "never", refused: [...new Set(refused)] };
}

const always = (answer: Answer) => () => answer;

const cases: [what: string, answers: ((now: number) => Answer)[], app: Answer, result: RegExp][] = [
  ["the one address answers 200", [always(200)], 404, /^8080 at 0$/],
  ["a redirect comes before the address that answers", [always(301), always(200)], 500, /^8081 at/],
  ["one address hangs", [always("hangs"), always(200)], 500, /^8081 at 0$/],
  ["there is no plain address", [], 200, /^app at 0$/],
  ["every address redirects", [always(301), always(308)], 200, /^app at \d$/],
  ["nginx closes the connection", [always("closed")], 200, /^app at \d$/],
  ["the address is out of reach for good", [always("refused")], 200, /^app at 3\d\d\d$/],
  ["nginx listens a little later", [(now) => now < 10 ? "refused" : 200], 200, /^8080 at 1\d$/],
  ["nginx answers another status", [always(404)], 200, /^never$/],
  ["one address redirects, one is not ready", [always(301), always(503)], 200, /^never$/],
  ["the one address hangs", [always("hangs")], 200, /^app at 30\d\d\d$/],
  ["one redirects, one hangs", [always(301), always("hangs")], 200, /^app at 30\d\d\d$/],
  [
    "the one address hangs, and answers when it is asked again",
    [(now) => now < 1000 ? "hangs" : 200],
    503,
    /^8080 at 30000$/,
  ],
  ["the one address hangs, and so does the app", [always("hangs")], "hangs", /^never$/],
  ["every address redirects, and the app is not ready", [always(301)], 503, /^never$/],
];

for (const [what, answers, app, result] of cases) {
  Deno.test(`ready path: ${what}`, async () => {
    assert.match((await decide(answers, app)).result, result);
  });
}

Deno.test("ready path: statuses that say not ready are reported, redirects are not", async () => {
  const { refused } = await decide([always(301), (now) => now < 5000 ? 503 : 200], 200);
  assert.deepEqual(refused, [503]);
});

Deno.test("ready path: an app that answers 503 is asked about twenty times in the first second", async () => {
  const clock = new FakeClock();
  const starting = new AbortController();
  let questions = 0;
  const probe = probeOf(() => {
    questions++;
    return 503;
  });
  const ready = untilReady(
    {
      listens: [listenOn(8080)],
      probeListen: () => probe,
      probeApp: probe,
      onRefused() {},
      onUnanswered() {},
    },
    clock,
    starting.signal,
  ).catch(() => {});
  await clock.advance(1000);
  assert.ok(questions >= 10 && questions <= 30, `${questions} questions`);
  starting.abort("the test is over");
  await clock.finish(ready);
});
