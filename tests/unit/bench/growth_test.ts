/** Curves: the order of their points, and what becomes of those that cannot be measured. */

import assert from "node:assert/strict";
import type { BenchFolder } from "../../../scripts/bench/harness/bench_folder.ts";
import type { Candidate } from "../../../scripts/bench/candidates.ts";
import { type Growth, runGrowths } from "../../../scripts/bench/growth.ts";

const [one, other] = ["one", "other"].map((name) => ({ name })) as [Candidate, Candidate];

function growth(measure: Growth["measure"]): Growth {
  return {
    name: "sheep",
    notes: ["counted at night"],
    x: { title: "sheep", values: [1, 10] },
    curves: [
      { name: "time", title: "Time to count", y: "ms", digits: 0 },
      { name: "sleep", title: "Sleep", y: "hours", digits: 1 },
    ],
    candidates: (all) => [...all],
    measure,
  };
}

function run(measure: Growth["measure"]) {
  return runGrowths([growth(measure)], [one, other], 10, {} as BenchFolder);
}

Deno.test("growth: each round measures all candidates at one point before the next point", async () => {
  const order: string[] = [];
  await run(({ name }, x) => {
    order.push(`${name} ${x}`);
    return Promise.resolve([1, 1]);
  });
  const round = ["one 1", "other 1", "one 10", "other 10"];
  assert.deepEqual(order, [...round, ...round]);
});

Deno.test("growth: each curve has its own value of each round", async () => {
  let count = 0;
  const [time, sleep] = await run((_, x) => Promise.resolve([x, ++count]));
  assert.equal(time!.name, "sheep-time");
  assert.deepEqual(time!.candidates[0], {
    name: "one",
    points: [{ x: 1, samples: [1, 1] }, { x: 10, samples: [10, 10] }],
  });
  assert.deepEqual(sleep!.candidates[1]!.points, [
    { x: 1, samples: [2, 6] },
    { x: 10, samples: [4, 8] },
  ]);
});

Deno.test("growth: a candidate that cannot do this has no curve, and no failure", async () => {
  const [time, sleep] = await run(({ name }) =>
    Promise.resolve([1, name === "one" ? undefined : 2])
  );
  assert.deepEqual(time!.candidates.map(({ name }) => name), ["one", "other"]);
  assert.deepEqual(sleep!.candidates.map(({ name }) => name), ["other"]);
  assert.deepEqual(sleep!.failures, []);
});

Deno.test("growth: a failure leaves out its point alone", async () => {
  const [time] = await run(({ name }, x) =>
    name === "one" && x === 10 ? Promise.reject(new Error("fell asleep")) : Promise.resolve([x, x])
  );
  assert.deepEqual(time!.candidates[0]!.points.map(({ x }) => x), [1]);
  assert.deepEqual(time!.candidates[1]!.points.map(({ x }) => x), [1, 10]);
  const failure = { name: "one", x: 10, reason: "fell asleep" };
  assert.deepEqual(time!.failures, [failure, failure]);
});
