import assert from "node:assert/strict";
import { exitStatus } from "../../../lib/supervise/exit_status.ts";
import type { StopCause } from "../../../lib/supervise/stop_cause.ts";

const requested: StopCause = { kind: "stop-requested", signal: "SIGTERM" };
const childExited = (code: number, signal: string | null = null): StopCause => ({
  kind: "child-exited",
  child: "gunicorn",
  status: { code, signal },
});
const notReady: StopCause = { kind: "not-ready", milliseconds: 30_000 };
const refused: StopCause = { kind: "refused", reason: "nginx rejects its conf" };
const cannotStart: StopCause = { kind: "cannot-start", reason: "Cannot start gunicorn" };
const internalError: StopCause = { kind: "internal-error", trace: "undefined is not a function" };

/** The documented table, row by row: the status if everything exited in time, and if not. */
const rows: [meaning: string, cause: StopCause, inTime: number, forced: number][] = [
  ["a stop was requested", requested, 0, 124],
  ["a child exited with its own status", childExited(3), 3, 3],
  ["a child's 0 is a failure, because it was not asked to exit", childExited(0), 1, 1],
  ["a child was killed by SIGTERM", childExited(143, "SIGTERM"), 143, 143],
  ["a child was killed by SIGKILL", childExited(137, "SIGKILL"), 137, 137],
  [
    "a child's status is passed on even if it means something else for tandem",
    childExited(64),
    64,
    64,
  ],
  ["not ready within --start-timeout", notReady, 75, 75],
  ["a configuration that cannot serve", refused, 78, 78],
  ["a child could not be started", cannotStart, 69, 69],
  ["an internal error", internalError, 70, 70],
];

for (const [meaning, cause, inTime, forced] of rows) {
  Deno.test(`exit status: ${meaning}`, () => {
    assert.equal(exitStatus(cause, false, false), inTime);
    assert.equal(exitStatus(cause, true, false), forced);
  });
}

Deno.test("exit status: a child that something else stopped is a failure of the stop", () => {
  assert.equal(exitStatus(requested, false, true), 1);
  assert.equal(exitStatus(requested, true, true), 124);
});
