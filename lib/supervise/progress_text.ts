/** Describes what a start or a drain is waiting for. */

import type { RunLimits } from "../host/state/schema.ts";
import { plural } from "../plan/format.ts";
import type { DrainStep } from "./drain.ts";
import type { TimelineStep } from "./timeline.ts";

export interface ProgressFacts {
  phase: string;
  /** Of the drain, as in the state file; `undefined` before its first step. */
  drainStep: string | undefined;
  /** Milliseconds after tandem's start, like `now`. */
  marks: Partial<Record<TimelineStep, number>>;
  now: number;
  limits: RunLimits;
  readyPath: string;
  /** The ready path's last status if that was not 200. */
  lastAnswer: number | undefined;
  /** When a question was asked that has had no answer for long. */
  unansweredSince: number | undefined;
  /** nginx's connections, counted only if the text needs them; `undefined` if the count is not known. */
  countConnections: () => number | undefined;
}

/** "draining: nginx has 12 connections, 8 s of 25 s"; `undefined` in a phase that waits for nothing. */
export function progressText(facts: ProgressFacts): string | undefined {
  const { phase, drainStep, marks: { stop = 0 }, now, limits } = facts;
  switch (phase) {
    case "starting":
      return `starting: ${describeStart(facts)}, ${formatElapsed(now, limits.startTimeout)}`;
    case "draining": {
      const limit = drainStep === "drain-delay" ? limits.drainDelay : limits.grace;
      return `draining: ${describeDrain(facts)}, ${formatElapsed(now - stop, limit)}`;
    }
    default:
      return undefined;
  }
}

function describeStart(facts: ProgressFacts): string {
  const { marks, readyPath, lastAnswer, unansweredSince, now } = facts;
  const silence = unansweredSince === undefined
    ? undefined
    : ` (no answer yet for ${Math.round((now - unansweredSince) / 1000)} s)`;
  if (marks.appAnswered === undefined) return `waiting for the app's first answer${silence ?? ""}`;
  if (marks.nginxStarted === undefined) return "waiting for nginx to check its conf";
  const answer = lastAnswer === undefined ? "" : ` (last answer: ${lastAnswer})`;
  return `waiting for GET ${readyPath} to answer 200${silence ?? answer}`;
}

const drainTexts: Record<DrainStep, string> = {
  "drain-delay": "still serving for --drain-delay",
  "nginx": "waiting for nginx to exit",
  "gunicorn": "waiting for gunicorn to exit",
  "kill": "waiting for killed processes to exit",
  "orphans": "waiting for orphans to exit",
};

function describeDrain({ drainStep, countConnections }: ProgressFacts): string {
  const connections = drainStep === "nginx" && countConnections();
  if (connections) return `nginx has ${plural(connections, "connection")}`;
  return drainTexts[drainStep as DrainStep] ?? "stopping";
}

/** "8 s of 25 s"; a limit of 0 is none. */
function formatElapsed(elapsed: number, limit: number): string {
  const seconds = `${Math.max(0, Math.round(elapsed / 1000))} s`;
  return limit > 0 ? `${seconds} of ${Math.round(limit / 1000)} s` : seconds;
}
