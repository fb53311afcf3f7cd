/** When each step of a run came, in milliseconds after tandem's start. */

import type { Clock } from "../host/clock.ts";

export type Phase = "starting" | "serving" | "draining" | "stopped";

export type Step =
  | "gunicorn started"
  | "app answered"
  | "nginx started"
  | "ready"
  | "stop"
  | "nginx gone"
  | "gunicorn gone"
  | "exit";

export class Timeline {
  readonly marks: Partial<Record<Step, number>> = {};

  constructor(private readonly clock: Clock) {}

  /** The first time counts. */
  mark(step: Step): void {
    this.marks[step] ??= Math.round(this.clock.now());
  }

  /** "gunicorn started 3 ms, app answered 246 ms, …": the steps that came, after the start. */
  startInWords(): string {
    const steps: Step[] = ["gunicorn started", "app answered", "nginx started"];
    return this.inWords(steps, 0);
  }

  /** "nginx gone 4 ms, gunicorn gone 230 ms": the ends, after the stop. */
  stopInWords(): string {
    return this.inWords(["nginx gone", "gunicorn gone"], this.marks.stop ?? 0);
  }

  private inWords(steps: Step[], zero: number): string {
    return steps.flatMap((step) => {
      const at = this.marks[step];
      return at === undefined ? [] : [`${step} ${Math.max(0, at - zero)} ms`];
    }).join(", ");
  }
}
