/**
 * The phases of a run, what leads from one to the next, and which requests each obeys. `supervise` moves and acts by
 * this table, and the diagram in the README is drawn from it.
 */

import type { ControlAction, SignalName } from "../plan/signals.ts";
import type { StopCause } from "./stop_cause.ts";

/** What can end a phase. */
export type PhaseEvent = "ready" | StopCause["kind"] | "all gone";

interface PhaseRow<Name extends string> {
  /** What goes on meanwhile. */
  readonly meaning: string;
  /** The phases that may come next, each with what brings it about. */
  readonly next: { readonly [To in Name]?: readonly PhaseEvent[] };
  readonly obeys: readonly ControlAction[];
}

/** Holds each row's next phases to be rows themselves. */
function table<Name extends string>(rows: Record<Name, PhaseRow<NoInfer<Name>>>) {
  return rows;
}

export const phaseTable = table({
  starting: {
    meaning: "gunicorn, then nginx as soon as the app answers",
    next: {
      serving: ["ready"],
      draining: [
        "stop requested",
        "child ended",
        "not ready in time",
        "refused",
        "cannot start",
        "defect",
      ],
    },
    obeys: [],
  },
  serving: {
    meaning: "the pair answers, and whatever ends first ends it",
    next: { draining: ["stop requested", "child ended", "defect"] },
    obeys: ["reload", "reopen logs", "more workers", "fewer workers"],
  },
  draining: {
    meaning: "nginx ends its requests while gunicorn serves on, then gunicorn ends",
    next: { stopped: ["all gone"] },
    obeys: [],
  },
  stopped: { meaning: "nothing is left, and the exit status says why", next: {}, obeys: [] },
});

export type Phase = keyof typeof phaseTable;

export const phaseNames = Object.keys(phaseTable) as Phase[];

export const FIRST_PHASE: Phase = "starting";

/** @throws {Error} when the table has no way from here to there */
export function checkMove(from: Phase, to: Phase): void {
  if (phaseTable[from].next[to]) return;
  const ways = Object.keys(phaseTable[from].next).join(" or ") || "nothing";
  throw new Error(`Cannot go from ${from} to ${to}: ${from} leads to ${ways}`);
}

export type StopStep = "stop" | "skipDelay" | "killNow";

/** nginx images send SIGQUIT once as the stop; only these, of a person or an engine, escalate. */
export const escalatingSignals: readonly SignalName[] = ["SIGTERM", "SIGINT"];

/** What one stop signal after the other does. */
export const stopSteps: readonly { readonly step: StopStep; readonly meaning: string }[] = [
  { step: "stop", meaning: "ends the pair in order" },
  { step: "skipDelay", meaning: "skips what is left of --drain-delay" },
  { step: "killNow", meaning: "ends --grace-period" },
];
