/** What a start or a drain waits for at this moment, in words. */

import type { Step } from "./timeline.ts";

export interface ProgressFacts {
  phase: string;
  /** Milliseconds after tandem's start, like `now`. */
  marks: Partial<Record<Step, number>>;
  now: number;
  /** In milliseconds; a `startTimeout` of 0 is none. */
  limits: { startTimeout: number; drainDelay: number; gracePeriod: number };
  readyPath: string;
  /** Asked only when it matters; nothing where it cannot be known. */
  countConnections: () => number | undefined;
}

/** "draining: nginx has 12 connections, 8 s of 25 s"; nothing in a phase that waits for nothing. */
export function progressText(wait: ProgressFacts): string | undefined {
  const { phase, marks: { stop = 0 }, now, limits } = wait;
  switch (phase) {
    case "starting":
      return `starting: ${startInWords(wait)}, ${timeInWords(now, limits.startTimeout)}`;
    case "draining":
      return isDelayed(wait)
        ? `draining: serving on for --drain-delay, ${timeInWords(now - stop, limits.drainDelay)}`
        : `draining: ${drainInWords(wait)}, ${timeInWords(now - stop, limits.gracePeriod)}`;
    default:
      return undefined;
  }
}

function startInWords({ marks, readyPath }: ProgressFacts): string {
  if (marks["app answered"] === undefined) return "waiting for the app's first answer";
  if (marks["nginx started"] === undefined) return "waiting for nginx's look at its conf";
  return `waiting for GET ${readyPath} to answer 200`;
}

function isDelayed({ marks, now, limits }: ProgressFacts): boolean {
  const { stop = 0 } = marks;
  return isThere(marks, "nginx") && isThere(marks, "gunicorn") && now - stop < limits.drainDelay;
}

function drainInWords({ marks, countConnections }: ProgressFacts): string {
  if (isThere(marks, "nginx")) {
    const count = countConnections();
    return count ? `nginx has ${count} connection${count === 1 ? "" : "s"}` : "waiting for nginx";
  }
  return isThere(marks, "gunicorn") ? "waiting for gunicorn" : "waiting for what is left";
}

function isThere(marks: ProgressFacts["marks"], child: "nginx" | "gunicorn"): boolean {
  return marks[`${child} started`] !== undefined && marks[`${child} gone`] === undefined;
}

function timeInWords(elapsed: number, of: number): string {
  const seconds = `${Math.max(0, Math.round(elapsed / 1000))} s`;
  return of > 0 ? `${seconds} of ${Math.round(of / 1000)} s` : seconds;
}
