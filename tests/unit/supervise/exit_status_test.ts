import assert from "node:assert/strict";
import { exitStatus } from "../../../lib/supervise/exit_status.ts";
import type { StopCause } from "../../../lib/supervise/stop_cause.ts";

const asked: StopCause = { kind: "stop requested", signal: "SIGTERM" };
const childEnded = (code: number, signal: string | null = null): StopCause => ({
  kind: "child ended",
  child: "gunicorn",
  status: { code, signal },
});
const notReady: StopCause = { kind: "not ready in time", milliseconds: 30_000 };
const refused: StopCause = { kind: "refused", reason: "nginx refuses its conf" };
const cannotStart: StopCause = { kind: "cannot start", reason: "Cannot start gunicorn" };
const defect: StopCause = { kind: "defect", trace: "undefined is not a function" };

/** The table of the README, row by row: what is expected when all ended in time, and when not. */
const rows: [meaning: string, cause: StopCause, inTime: number, forced: number][] = [
  ["a stop was asked for", asked, 0, 124],
  ["a child ended with a status of its own", childEnded(3), 3, 3],
  ["a child's 0 is a failure, because nobody asked it to end", childEnded(0), 1, 1],
  ["a child was ended by SIGTERM", childEnded(143, "SIGTERM"), 143, 143],
  ["a child was ended by SIGKILL", childEnded(137, "SIGKILL"), 137, 137],
  ["a child's status that tandem has for other things stays", childEnded(64), 64, 64],
  ["not ready within --start-timeout", notReady, 75, 75],
  ["a configuration that cannot serve", refused, 78, 78],
  ["a child could not be started", cannotStart, 69, 69],
  ["a defect in tandem itself", defect, 70, 70],
];

for (const [meaning, cause, inTime, forced] of rows) {
  Deno.test(`exit status: ${meaning}`, () => {
    assert.equal(exitStatus(cause, false), inTime);
    assert.equal(exitStatus(cause, true), forced);
  });
}
