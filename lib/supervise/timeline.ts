/** Records when each step of a run happened, in milliseconds after tandem's start. */

import type { Clock } from "../host/system/clock.ts";

export type TimelineStep =
  | "gunicornStarted"
  | "socketMade"
  | "appAnswered"
  | "nginxStarted"
  | "ready"
  | "stop"
  | "nginxGone"
  | "gunicornGone"
  | "exit";

export class Timeline {
  readonly marks: Partial<Record<TimelineStep, number>> = {};

  /** @param onMark called after each new mark */
  constructor(private readonly clock: Clock, private readonly onMark = () => {}) {}

  /** Only the first time of a step counts. */
  mark(step: TimelineStep, at = this.clock.now()): void {
    if (this.marks[step] !== undefined) return;
    this.marks[step] = Math.round(at);
    this.onMark();
  }

  /** "gunicorn started 3 ms, app answered 246 ms, …", counted from tandem's start. */
  describeStart(): string {
    return this.describeSteps(["gunicornStarted", "socketMade", "appAnswered", "nginxStarted"], 0);
  }

  /** "nginx gone 4 ms, gunicorn gone 230 ms", counted from the stop. */
  describeStop(): string {
    return this.describeSteps(["nginxGone", "gunicornGone"], this.marks.stop ?? 0);
  }

  /** "started in 260 ms (…), served 8740 ms, drained in 230 ms (…)". */
  describeRun(): string {
    const { ready, stop = 0, exit = stop } = this.marks;
    const start = ready === undefined ? "never ready" : `started in ${ready} ms`;
    const served = ready === undefined ? "" : `served ${Math.max(0, stop - ready)} ms`;
    const drained = `drained in ${Math.max(0, exit - stop)} ms`;
    return [
      withDetails(start, this.describeStart()),
      served,
      withDetails(drained, this.describeStop()),
    ].filter(Boolean).join(", ");
  }

  private describeSteps(steps: TimelineStep[], from: number): string {
    return steps.flatMap((step) => {
      const at = this.marks[step];
      return at === undefined ? [] : [`${toWords(step)} ${Math.max(0, at - from)} ms`];
    }).join(", ");
  }
}

/** "nginx started" for nginxStarted. */
function toWords(step: TimelineStep): string {
  return step.replace(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`);
}

function withDetails(text: string, details: string): string {
  return details ? `${text} (${details})` : text;
}
