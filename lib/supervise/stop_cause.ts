/** Why a run ended. The first cause wins and is never overwritten. */

import { type ChildStatus, SpawnError } from "../host/process/child.ts";
import type { ChildName } from "../plan/launch_plan.ts";
import type { SignalName } from "../plan/signals.ts";

export type StopCause =
  | { kind: "stop-requested"; signal: SignalName }
  | { kind: "child-exited"; child: ChildName; status: ChildStatus }
  | { kind: "not-ready"; milliseconds: number }
  | { kind: "refused"; reason: string }
  | { kind: "cannot-start"; reason: string }
  | { kind: "internal-error"; trace: string };

/** nginx cannot serve with this configuration on this machine. */
export class Refusal extends Error {
  override readonly name = "Refusal";
}

/** `--start-timeout` is over. */
export class NotReadyInTime extends Error {
  override readonly name = "NotReadyInTime";
  constructor(readonly milliseconds: number) {
    super(`Not ready within ${milliseconds} ms`);
  }
}

/** An error of no known class is a bug in tandem; the children are stopped all the same. */
export function toStopCause(error: unknown): StopCause {
  if (error instanceof Refusal) return { kind: "refused", reason: error.message };
  if (error instanceof SpawnError) return { kind: "cannot-start", reason: error.message };
  if (error instanceof NotReadyInTime) {
    return { kind: "not-ready", milliseconds: error.milliseconds };
  }
  const { message, stack } = error instanceof Error ? error : new Error(String(error));
  return { kind: "internal-error", trace: `${message}\n${stack}` };
}

export function describeCause(cause: StopCause): string {
  switch (cause.kind) {
    case "stop-requested":
      return cause.signal;
    case "child-exited":
      return `${cause.child} ${describeStatus(cause.status)}`;
    case "not-ready":
      return `not ready within ${cause.milliseconds / 1000} s`;
    case "refused":
    case "cannot-start":
      return cause.reason;
    case "internal-error":
      return "internal error (a bug in tandem), please report it";
  }
}

function describeStatus({ code, signal }: ChildStatus): string {
  return signal ? `was killed by ${signal}` : `exited by itself with status ${code}`;
}
