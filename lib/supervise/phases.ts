/** The phases of a run, the events that lead from one to the next, and the signals that each obeys. */

import type { ControlAction, SignalName } from "../plan/signals.ts";
import type { StopCause } from "./stop_cause.ts";

/** What ends a phase. */
export type PhaseEvent = "ready" | StopCause["kind"] | "drained";

interface PhaseRow<Name extends string> {
  readonly meaning: string;
  /** The phases that may follow, each with the events that lead to it. */
  readonly next: { readonly [To in Name]?: readonly PhaseEvent[] };
  readonly obeys: readonly ControlAction[];
}

/** Makes the compiler check that each row's next phases are rows themselves. */
function table<Name extends string>(rows: Record<Name, PhaseRow<NoInfer<Name>>>) {
  return rows;
}

/** `supervise` acts by this table, and the diagram in docs/running.md is drawn from it. */
export const phaseTable = table({
  starting: {
    meaning: "gunicorn starts, then nginx as soon as the app answers",
    next: {
      serving: ["ready"],
      draining: [
        "stop-requested",
        "child-exited",
        "not-ready",
        "refused",
        "cannot-start",
        "internal-error",
      ],
    },
    // Once both children run.
    obeys: ["reload", "reopen-logs", "more-workers", "fewer-workers"],
  },
  serving: {
    meaning: "nginx and gunicorn answer, until either exits or a stop is requested",
    next: { draining: ["stop-requested", "child-exited", "internal-error"] },
    obeys: ["reload", "reopen-logs", "more-workers", "fewer-workers"],
  },
  draining: {
    meaning: "nginx finishes its requests while gunicorn serves; then gunicorn exits",
    next: { stopped: ["drained"] },
    obeys: [],
  },
  stopped: {
    meaning: "no process is left; the exit status tells the cause",
    next: {},
    obeys: [],
  },
});

export type Phase = keyof typeof phaseTable;

export const phaseNames = Object.keys(phaseTable) as Phase[];

export const FIRST_PHASE: Phase = "starting";

/** @throws {Error} if the event does not lead from the one phase to the other */
export function checkMove(from: Phase, to: Phase, event: PhaseEvent): void {
  if (phaseTable[from].next[to]?.includes(event)) return;
  const moves = Object.entries(phaseTable[from].next)
    .map(([next, events]) => `${next} by ${events.join(", ")}`);
  throw new Error(
    `Cannot go from ${from} to ${to} by ${event}: ${from} leads to ${
      moves.join("; ") || "nothing"
    }`,
  );
}

/** What a drain does, one after the other. */
export const drainSteps = ["drain-delay", "nginx", "gunicorn", "kill", "orphans"] as const;

export type StopStep = "stop" | "skipDelay" | "killNow";

/** nginx images send SIGQUIT once as their stop signal; only these, sent by a person or an engine, escalate. */
export const escalatingSignals: readonly SignalName[] = ["SIGTERM", "SIGINT"];

/** What the first, second and third stop signal do. */
export const stopSteps: readonly { readonly step: StopStep; readonly meaning: string }[] = [
  { step: "stop", meaning: "stops the pair in order" },
  { step: "skipDelay", meaning: "skips the rest of --drain-delay" },
  { step: "killNow", meaning: "ends the grace period" },
];
