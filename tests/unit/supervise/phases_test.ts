import assert from "node:assert/strict";
import { signalTable } from "../../../lib/plan/signals.ts";
import {
  checkMove,
  escalatingSignals,
  FIRST_PHASE,
  type Phase,
  phaseNames,
  phaseTable,
  stopSteps,
} from "../../../lib/supervise/phases.ts";
import { eventMeanings } from "../../../scripts/state_diagram.ts";

const moves: [Phase, Phase][] = [
  ["starting", "serving"],
  ["starting", "draining"],
  ["serving", "draining"],
  ["draining", "stopped"],
];

Deno.test("phases: these moves can be made, and no others", () => {
  for (const from of phaseNames) {
    for (const to of phaseNames) {
      const isMove = moves.some(([a, b]) => a === from && b === to);
      if (isMove) checkMove(from, to);
      else {assert.throws(() =>
          checkMove(from, to), new RegExp(`from ${from} to ${to}: ${from} leads`));}
    }
  }
});

Deno.test("phases: what cannot be done is said with what can", () => {
  assert.throws(() => checkMove("draining", "serving"), {
    message: "Cannot go from draining to serving: draining leads to stopped",
  });
  assert.throws(() => checkMove("stopped", "starting"), /stopped leads to nothing$/);
});

Deno.test("phases: every phase is reached, none comes twice, and one is the end", () => {
  const reached = (from: Phase, path: Phase[]): Phase[] => {
    assert.ok(!path.includes(from), `a circle: ${[...path, from].join(", ")}`);
    const next = Object.keys(phaseTable[from].next) as Phase[];
    return [from, ...next.flatMap((to) => reached(to, [...path, from]))];
  };
  assert.deepEqual(new Set(reached(FIRST_PHASE, [])), new Set(phaseNames));
  assert.equal(phaseNames.filter((name) => !Object.keys(phaseTable[name].next).length).length, 1);
});

Deno.test("phases: every event happens somewhere, and whatever can be undone ends in a drain", () => {
  const rows = Object.values(phaseTable);
  const events = rows.flatMap(({ next }) => Object.values(next).flat());
  assert.deepEqual(new Set(events), new Set(Object.keys(eventMeanings)));
  for (const phase of ["starting", "serving"] as const) {
    for (const event of ["stop requested", "child ended", "defect"] as const) {
      assert.ok(phaseTable[phase].next.draining?.includes(event), `${phase}: ${event}`);
    }
  }
});

Deno.test("phases: only a serving pair obeys, and there every request that a signal can make", () => {
  const actions = signalTable.map(({ action }) => action)
    .filter((action) => action !== "stop" && action !== "ignore");
  for (const name of phaseNames) {
    assert.deepEqual(phaseTable[name].obeys, name === "serving" ? actions : [], name);
  }
});

Deno.test("phases: the first stop signal stops, the second skips the delay, the third ends the grace period", () => {
  assert.deepEqual(stopSteps.map(({ step }) => step), ["stop", "skipDelay", "killNow"]);
  const [stop] = signalTable.filter(({ action }) => action === "stop");
  for (const signal of escalatingSignals) assert.ok(stop?.signals.includes(signal));
});
