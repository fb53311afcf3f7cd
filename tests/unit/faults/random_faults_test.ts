import assert from "node:assert/strict";
import { assertNothingLost, assertStatus } from "../../faults/random/checks.ts";
import { check } from "../../faults/random/echo_client.ts";
import { combine, type Fault, isHarmless } from "../../faults/random/fault.ts";
import { planRound } from "../../faults/random/plan.ts";

const body = new TextEncoder().encode("0123456789");

function outcomeOf(answer: string): string {
  return check(new TextEncoder().encode(answer), body).outcome;
}

Deno.test("random faults: the client tells a whole answer from a cut and from a wrong one", () => {
  const head = "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n";
  assert.equal(outcomeOf(`${head}0123456789`), "whole");
  assert.equal(outcomeOf(`${head}012345678`), "cut");
  assert.equal(outcomeOf(`${head}0123456780`), "wrong");
  assert.equal(outcomeOf(`${head}01234567890`), "wrong");
  assert.equal(outcomeOf("HTTP/1.1 200 OK\r\nContent-Le"), "cut");
  assert.equal(outcomeOf("HTTP/1.1 502 Bad Gateway\r\nContent-Length: 0\r\n\r\n"), "rejected");
  assert.equal(outcomeOf(""), "unanswered");
});

Deno.test("random faults: a request may fail only after the stop, before it reached the app", () => {
  const failed = (outcome: "cut" | "unanswered" | "wrong", endedAt: number) => [
    { outcome, detail: "", id: "r1", sentAt: 0, endedAt },
  ];
  const none = new Set<string>();
  assert.throws(() => assertNothingLost(failed("unanswered", 9), {}, none, 10));
  assert.throws(() => assertNothingLost(failed("unanswered", 11), {}, new Set(["r1"]), 10));
  assert.throws(() => assertNothingLost(failed("cut", 11), {}, none, 10));
  assertNothingLost(failed("unanswered", 11), {}, none, 10);
  assertNothingLost(failed("cut", 9), { losesRequests: true }, none, 10);
  assert.throws(() => assertNothingLost(failed("wrong", 9), { losesRequests: true }, none, 10));
});

Deno.test("random faults: the exit status follows from what was done", () => {
  assertStatus(0, {}, true, true);
  assert.throws(() => assertStatus(124, {}, true, true));
  assertStatus(124, { holdsStop: true }, true, true);
  assertStatus(137, { ends: [137] }, false, true);
  assert.throws(() => assertStatus(0, { ends: [137] }, false, true));
  assert.throws(() => assertStatus(0, {}, false, true), /expected/, "an exit that nothing caused");
  assert.throws(() => assertStatus(70, { ends: [70] }, false, true));
});

Deno.test("random faults: two faults together may do what either may", () => {
  const both = combine([{ ends: [137] }, { losesRequests: true, mayServeOn: true }]);
  assert.deepEqual(both.ends, [137]);
  assert.ok(both.losesRequests);
  assert.ok(!both.mayServeOn, "the one that ends the run decides");
});

Deno.test("random faults: a seed determines the rounds, and no fault comes twice before all came", () => {
  const inject = () => Promise.resolve();
  const faults = ["a", "b", "c"].map((name): Fault => ({ name, expects: {}, inject }));
  assert.ok(faults.every(isHarmless));
  const rounds = [1, 2, 3, 4, 5, 6].map((number) => planRound(faults, "7", number)!);
  assert.deepEqual(rounds, [1, 2, 3, 4, 5, 6].map((number) => planRound(faults, "7", number)));
  const names = rounds.map((round) => round.faults[0]!.name);
  assert.deepEqual([names.slice(0, 3).sort(), names.slice(3).sort()], [
    ["a", "b", "c"],
    ["a", "b", "c"],
  ]);
});
