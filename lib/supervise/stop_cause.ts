/** Why a run ended. The first cause wins and is never overwritten. */

import { type ChildStatus, isSpawnError } from "../host/process/child.ts";
import type { ChildName } from "../plan/launch_plan.ts";
import type { SignalName } from "../plan/signals.ts";

export type StopCause =
  | { kind: "stop-requested"; signal: SignalName }
  | { kind: "child-exited"; child: ChildName; status: ChildStatus; reason?: ExitReason }
  | { kind: "not-ready"; milliseconds: number }
  | { kind: "refused"; reason: string }
  | { kind: "cannot-start"; reason: string }
  | { kind: "internal-error"; trace: string };

/** What is known of why a child exited by itself. */
export type ExitReason = "app-failed-to-load" | "out-of-memory";

/** The name of a cause for machines, in JSON log lines and `status --json`: public interface. */
export type CauseName = StopCause["kind"] | ExitReason;

export function causeName(cause: StopCause): CauseName {
  return cause.kind === "child-exited" ? cause.reason ?? cause.kind : cause.kind;
}

/** For JSON log lines, beside the exit status of tandem itself. */
export function causeFields(cause: StopCause): Record<string, unknown> {
  const fields = { cause: causeName(cause) };
  switch (cause.kind) {
    case "child-exited": {
      const { child, status: { code, signal } } = cause;
      return { ...fields, child, ...signal ? { childSignal: signal } : { childStatus: code } };
    }
    case "stop-requested":
      return { ...fields, signal: cause.signal };
    default:
      return fields;
  }
}

/** gunicorn's own: its settings or an app with --preload failed, a worker did not boot, the app is not there. */
const LOAD_FAILURES = [1, 3, 4];

/**
 * @param hasAnswered whether the app has ever answered a request
 * @param countMemoryKills of the kernel, since the start; called only if it matters, because to count them takes time
 */
export function childExit(
  child: ChildName,
  status: ChildStatus,
  hasAnswered: boolean,
  countMemoryKills: () => number | undefined,
): StopCause {
  const isOfMemory = status.signal === "SIGKILL" && (countMemoryKills() ?? 0) > 0;
  const failedToLoad = child === "gunicorn" && !hasAnswered && !status.signal &&
    LOAD_FAILURES.includes(status.code);
  return {
    ...{ kind: "child-exited", child, status } as const,
    ...failedToLoad && { reason: "app-failed-to-load" },
    ...isOfMemory && { reason: "out-of-memory" },
  };
}

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
  if (isSpawnError(error)) return { kind: "cannot-start", reason: error.message };
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
      return `${cause.child} ${describeStatus(cause.status)}${
        cause.reason ? `: ${REASONS[cause.reason]}` : ""
      }`;
    case "not-ready":
      return `not ready within ${cause.milliseconds / 1000} s`;
    case "refused":
    case "cannot-start":
      return cause.reason;
    case "internal-error":
      return "internal error (a bug in tandem), please report it";
  }
}

const REASONS: Record<ExitReason, string> = {
  "app-failed-to-load": "the app failed to load, and gunicorn's own lines say why",
  "out-of-memory": "out of memory",
};

function describeStatus({ code, signal }: ChildStatus): string {
  if (signal) return `was killed by ${signal}`;
  const exited = `exited by itself with status ${code}`;
  return code === 0 ? `${exited}, as if something other than tandem stopped it (${HINT})` : exited;
}

const HINT = "KillMode=control-group? use KillMode=mixed";

/** Of a requested stop. */
export function describeStoppedByOthers(children: readonly ChildName[]): string {
  const were = children.length > 1 ? "were" : "was";
  return `${children.join(" and ")} ${were} stopped by something other than tandem, ` +
    `so requests may be lost (${HINT})`;
}
