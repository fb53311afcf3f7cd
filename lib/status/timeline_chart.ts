/** The steps of a run as spans of time, for whoever draws them. Pure. */

import { formatDuration } from "../plan/format.ts";
import type { StatusView } from "./view.ts";

export interface Bar {
  label: string;
  who: "tandem" | "gunicorn" | "nginx";
  /** Milliseconds after tandem's start. */
  from: number;
  to: number;
  /** It still goes on. */
  isOpen: boolean;
}

export interface Chart {
  title: string;
  /** Milliseconds after tandem's start, over all bars. */
  from: number;
  to: number;
  bars: Bar[];
}

type Who = Bar["who"];
/** To spawn a process takes milliseconds, on a busy machine some tens. */
const SPAWN_MS = 50;

type Span = [label: string, who: Who, from: number | undefined, to: number | undefined];

/** The start, and the stop once it has begun: hours of serving lie between them, so each has a scale of its own. */
export function chartsOf({ state, uptimeMs }: StatusView): Chart[] {
  const { timeline: at, pid, stopCause } = state;
  const gunicorn = at["gunicorn started"];
  const answered = at["app answered"];
  const nginx = at["nginx started"];
  // nginx looks at it while the app is imported, so that it is seen only where it takes longer.
  const looked = answered !== undefined && (nginx ?? uptimeMs) - answered > SPAWN_MS;
  const start = chart(
    `start of pid ${pid}: ${outcome(at.ready, at.stop, uptimeMs)}`,
    0,
    Math.min(uptimeMs, at.stop ?? Infinity),
    [
      ["tandem looks and links", "tandem", 0, gunicorn],
      ["gunicorn makes its socket", "gunicorn", gunicorn, at["socket made"] ?? answered],
      ["the app's first answer", "gunicorn", at["socket made"], answered],
      ...looked ? [["nginx looks at its conf", "nginx", answered, nginx] as Span] : [],
      ["nginx starts, ready path answers", "nginx", looked ? nginx : answered, at.ready],
    ],
  );
  if (at.stop === undefined) return [start];
  const nginxEnd = nginx === undefined ? at.stop : at["nginx gone"];
  const stop = chart(`stop: ${stopCause ?? "its cause is not known"}`, at.stop, uptimeMs, [
    ["nginx ends its requests", "nginx", nginx && at.stop, at["nginx gone"]],
    ["gunicorn ends", "gunicorn", gunicorn && nginxEnd, at["gunicorn gone"]],
  ]);
  return [start, stop];
}

function outcome(ready: number | undefined, stop: number | undefined, now: number): string {
  if (ready !== undefined) return `ready after ${formatDuration(ready)}`;
  return stop === undefined
    ? `not ready yet, after ${formatDuration(now)}`
    : `stopped before it was ready, after ${formatDuration(stop)}`;
}

/** A span that has not ended goes on until now; of those that have not begun there is nothing to draw. */
function chart(title: string, from: number, now: number, spans: Span[]): Chart {
  const bars = spans.flatMap(([label, who, begin, end]): Bar[] =>
    begin === undefined
      ? []
      : [{ label, who, from: begin, to: Math.max(begin, end ?? now), isOpen: end === undefined }]
  );
  return { title, from, to: Math.max(from + 1, ...bars.map(({ to }) => to)), bars };
}
