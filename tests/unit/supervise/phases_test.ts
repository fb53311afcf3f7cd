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

Deno.test("phases: an event that leads from one phase to another is allowed", () => {
  checkMove("starting", "serving", "ready");
  checkMove("serving", "draining", "child-exited");
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

Deno.test("phases: control signals are obeyed until the drain, all of them", () => {
  const actions = signalTable.map(({ action }) => action)
    .filter((action) => action !== "stop" && action !== "ignore");
  for (const name of phaseNames) {
    assert.deepEqual(
      phaseTable[name].obeys,
      name === "serving" || name === "starting" ? actions : [],
      name,
    );
  }
});

Deno.test("phases: the first stop signal stops, the second skips the delay, the third ends the grace period", () => {
  assert.deepEqual(stopSteps.map(({ step }) => step), ["stop", "skipDelay", "killNow"]);
  const [stop] = signalTable.filter(({ action }) => action === "stop");
  for (const signal of escalatingSignals) assert.ok(stop?.signals.includes(signal));
});
