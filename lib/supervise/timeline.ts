/** When each step of a run came, in milliseconds after tandem's start. */

import type { Clock } from "../host/system/clock.ts";

export type Step =
  | "gunicorn started"
  | "socket made"
  | "app answered"
  | "nginx started"
  | "ready"
  | "stop"
  | "nginx gone"
  | "gunicorn gone"
  | "exit";

export class Timeline {
  readonly marks: Partial<Record<Step, number>> = {};

  /** @param onMark told of each step that is new */
  constructor(private readonly clock: Clock, private readonly onMark = () => {}) {}

  /** The first time counts. */
  mark(step: Step): void {
    if (this.marks[step] !== undefined) return;
    this.marks[step] = Math.round(this.clock.now());
    this.onMark();
  }

  /** "gunicorn started 3 ms, app answered 246 ms, …": the steps that came, after the start. */
  describeStart(): string {
    const steps: Step[] = ["gunicorn started", "socket made", "app answered", "nginx started"];
    return this.inWords(steps, 0);
  }

  /** The whole run in one breath: "started in 260 ms (…), served 8740 ms, drained in 230 ms (…)". */
  describeRun(): string {
    const { ready, stop = 0, exit = stop } = this.marks;
    const served = ready === undefined ? "" : `served ${Math.max(0, stop - ready)} ms`;
    const start = ready === undefined ? "never ready" : `started in ${ready} ms`;
    const drained = `drained in ${Math.max(0, exit - stop)} ms`;
    return [
      withDetails(start, this.describeStart()),
      served,
      withDetails(drained, this.describeStop()),
    ].filter(Boolean).join(", ");
  }

  /** "nginx gone 4 ms, gunicorn gone 230 ms": the ends, after the stop. */
  describeStop(): string {
    return this.inWords(["nginx gone", "gunicorn gone"], this.marks.stop ?? 0);
  }

  private inWords(steps: Step[], zero: number): string {
    return steps.flatMap((step) => {
      const at = this.marks[step];
      return at === undefined ? [] : [`${step} ${Math.max(0, at - zero)} ms`];
    }).join(", ");
  }
}

function withDetails(text: string, details: string): string {
  return details ? `${text} (${details})` : text;
}
