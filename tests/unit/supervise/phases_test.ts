import assert from "node:assert/strict";
import { signalTable } from "../../../lib/plan/signals.ts";
import {
  checkMove,
  escalatingSignals,
  FIRST_PHASE,
  type Phase,
  type PhaseEvent,
  phaseNames,
  phaseTable,
  stopSteps,
} from "../../../lib/supervise/phases.ts";
import { eventMeanings } from "../../../scripts/state_diagram.ts";

const moves: [Phase, Phase, PhaseEvent[]][] = [
  ["starting", "serving", ["ready"]],
  [
    "starting",
    "draining",
    ["stop-requested", "child-exited", "not-ready", "refused", "cannot-start", "internal-error"],
  ],
  ["serving", "draining", ["stop-requested", "child-exited", "internal-error"]],
  ["draining", "stopped", ["drained"]],
];

Deno.test("phases: these events make these moves, and no others do", () => {
  for (const from of phaseNames) {
    for (const to of phaseNames) {
      for (const event of Object.keys(eventMeanings) as PhaseEvent[]) {
        const move = moves.find(([a, b]) => a === from && b === to);
        if (move?.[2].includes(event)) checkMove(from, to, event);
        else {assert.throws(() =>
            checkMove(from, to, event), new RegExp(`from ${from} to ${to} by`));}
      }
    }
  }
});

Deno.test("phases: the error names the moves that are possible", () => {
  assert.throws(() => checkMove("draining", "serving", "ready"), {
    message: "Cannot go from draining to serving by ready: draining leads to stopped by drained",
  });
  assert.throws(() => checkMove("serving", "draining", "not-ready"), {
    message: "Cannot go from serving to draining by not-ready: " +
      "serving leads to draining by stop-requested, child-exited, internal-error",
  });
  assert.throws(() => checkMove("stopped", "starting", "ready"), /stopped leads to nothing$/);
});

Deno.test("phases: every phase is reached, none twice, and one is the last", () => {
  const reached = (from: Phase, path: Phase[]): Phase[] => {
    assert.ok(!path.includes(from), `a cycle: ${[...path, from].join(", ")}`);
    const next = Object.keys(phaseTable[from].next) as Phase[];
    return [from, ...next.flatMap((to) => reached(to, [...path, from]))];
  };
  assert.deepEqual(new Set(reached(FIRST_PHASE, [])), new Set(phaseNames));
  assert.equal(phaseNames.filter((name) => !Object.keys(phaseTable[name].next).length).length, 1);
});

Deno.test("phases: every event is used, and a phase with children leads to a drain", () => {
  const rows = Object.values(phaseTable);
  const events = rows.flatMap(({ next }) => Object.values(next).flat());
  assert.deepEqual(new Set(events), new Set(Object.keys(eventMeanings)));
  for (const phase of ["starting", "serving"] as const) {
    for (const event of ["stop-requested", "child-exited", "internal-error"] as const) {
      assert.ok(phaseTable[phase].next.draining?.includes(event), `${phase}: ${event}`);
    }
  }
});

Deno.test("phases: only a serving pair obeys control signals, and obeys all of them", () => {
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
