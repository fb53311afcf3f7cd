/** Turns the timeline of a run into the bars of a chart. Pure. */

import { formatDuration } from "../plan/format.ts";
import type { StatusView } from "./view.ts";

export interface Bar {
  label: string;
  process: "tandem" | "gunicorn" | "nginx";
  /** Milliseconds after tandem's start. */
  from: number;
  to: number;
  /** The step has not ended, and `to` is now. */
  isOpen: boolean;
}

export interface Chart {
  title: string;
  /** Milliseconds after tandem's start. */
  from: number;
  to: number;
  bars: Bar[];
}

/** Spawning a process takes milliseconds, on a busy machine some tens. */
const SPAWN_MS = 50;

type Span = [
  label: string,
  process: Bar["process"],
  from: number | undefined,
  to: number | undefined,
];

/** One chart of the start and one of the stop, each with its own scale, because serving can take days between them. */
export function chartsOf({ state, uptimeMs }: StatusView): Chart[] {
  const { timeline: at, pid, stopCause } = state;
  const { gunicornStarted, socketMade, appAnswered, nginxStarted, nginxGone, gunicornGone } = at;
  // nginx checks its conf while the app is imported, so the check shows only if it takes longer.
  const checkIsSlow = appAnswered !== undefined &&
    (nginxStarted ?? uptimeMs) - appAnswered > SPAWN_MS;
  const start = chart(
    `start of pid ${pid}: ${describeOutcome(at.ready, at.stop, uptimeMs)}`,
    0,
    Math.min(uptimeMs, at.stop ?? Infinity),
    [
      ["tandem checks and links", "tandem", 0, gunicornStarted],
      ["gunicorn makes its socket", "gunicorn", gunicornStarted, socketMade ?? appAnswered],
      ["the app's first answer", "gunicorn", socketMade, appAnswered],
      ...checkIsSlow ? [["nginx checks its conf", "nginx", appAnswered, nginxStarted] as Span] : [],
      [
        "nginx starts, ready path answers",
        "nginx",
        checkIsSlow ? nginxStarted : appAnswered,
        at.ready,
      ],
    ],
  );
  if (at.stop === undefined) return [start];
  const nginxEnd = nginxStarted === undefined ? at.stop : nginxGone;
  const stop = chart(`stop: ${stopCause ?? "cause unknown"}`, at.stop, uptimeMs, [
    ["nginx finishes its requests", "nginx", nginxStarted && at.stop, nginxGone],
    ["gunicorn exits", "gunicorn", gunicornStarted && nginxEnd, gunicornGone],
  ]);
  return [start, stop];
}

function describeOutcome(
  ready: number | undefined,
  stop: number | undefined,
  now: number,
): string {
  if (ready !== undefined) return `ready after ${formatDuration(ready)}`;
  return stop === undefined
    ? `not ready yet, after ${formatDuration(now)}`
    : `stopped before it was ready, after ${formatDuration(stop)}`;
}

/** A span that has not ended is drawn until now; one that has not begun is left out. */
function chart(title: string, from: number, now: number, spans: Span[]): Chart {
  const bars = spans.flatMap(([label, process, begin, end]): Bar[] =>
    begin === undefined ? [] : [{
      label,
      process,
      from: begin,
      to: Math.max(begin, end ?? now),
      isOpen: end === undefined,
    }]
  );
  return { title, from, to: Math.max(from + 1, ...bars.map(({ to }) => to)), bars };
}
