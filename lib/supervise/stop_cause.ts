/** Why a run ended. The first cause wins and is never overwritten. */

import { type ChildStatus, SpawnError } from "../host/process/child.ts";
import type { ChildName } from "../plan/launch_plan.ts";
import type { SignalName } from "../plan/signals.ts";

export type StopCause =
  | { kind: "stop requested"; signal: SignalName }
  | { kind: "child ended"; child: ChildName; status: ChildStatus }
  | { kind: "not ready in time"; milliseconds: number }
  | { kind: "refused"; reason: string }
  | { kind: "cannot start"; reason: string }
  | { kind: "defect"; trace: string };

/** nginx or the machine says that this configuration cannot serve. */
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

/** What no start can foresee is a defect, which is no reason to leave the children behind either. */
export function toStopCause(error: unknown): StopCause {
  if (error instanceof Refusal) return { kind: "refused", reason: error.message };
  if (error instanceof SpawnError) return { kind: "cannot start", reason: error.message };
  if (error instanceof NotReadyInTime) {
    return { kind: "not ready in time", milliseconds: error.milliseconds };
  }
  const { message, stack } = error instanceof Error ? error : new Error(String(error));
  return { kind: "defect", trace: `${message}\n${stack}` };
}

export function describeCause(cause: StopCause): string {
  switch (cause.kind) {
    case "stop requested":
      return cause.signal;
    case "child ended":
      return `${cause.child} ended by itself (${statusInWords(cause.status)})`;
    case "not ready in time":
      return `not ready within ${cause.milliseconds / 1000} s`;
    case "refused":
    case "cannot start":
      return cause.reason;
    case "defect":
      return "a defect in tandem itself";
  }
}

function statusInWords({ code, signal }: ChildStatus): string {
  return signal ? `killed by ${signal}` : `exit ${code}`;
}
