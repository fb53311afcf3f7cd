import assert from "node:assert/strict";
import { SpawnError } from "../../../lib/host/process/child.ts";
import {
  describeCause,
  NotReadyInTime,
  Refusal,
  type StopCause,
  toStopCause,
} from "../../../lib/supervise/stop_cause.ts";

Deno.test("stop cause: what can be foreseen at a start has a cause of its own", () => {
  assert.deepEqual(toStopCause(new Refusal("daemon on")), { kind: "refused", reason: "daemon on" });
  assert.deepEqual(toStopCause(new SpawnError("no such file")), {
    kind: "cannot start",
    reason: "no such file",
  });
  assert.deepEqual(toStopCause(new NotReadyInTime(30_000)), {
    kind: "not ready in time",
    milliseconds: 30_000,
  });
});

Deno.test("stop cause: anything else is a defect, with the trace that a report needs", () => {
  const cause = toStopCause(new TypeError("undefined is not a function"));
  assert.equal(cause.kind, "defect");
  assert.match(
    cause.kind === "defect" ? cause.trace : "",
    /undefined is not a function\n[^]*\n *at /,
  );
  assert.equal(describeCause(cause), "a defect in tandem itself");

  const thrown = toStopCause("a thrown text");
  assert.match(thrown.kind === "defect" ? thrown.trace : "", /^a thrown text\n/);
});

const inWords: [StopCause, string][] = [
  [{ kind: "stop requested", signal: "SIGINT" }, "SIGINT"],
  [
    { kind: "child ended", child: "nginx", status: { code: 1, signal: null } },
    "nginx ended by itself (exit 1)",
  ],
  [
    { kind: "child ended", child: "gunicorn", status: { code: 137, signal: "SIGKILL" } },
    "gunicorn ended by itself (killed by SIGKILL)",
  ],
  [{ kind: "not ready in time", milliseconds: 1500 }, "not ready within 1.5 s"],
  [{ kind: "refused", reason: "nginx refuses its conf" }, "nginx refuses its conf"],
  [{ kind: "cannot start", reason: "Cannot start nginx" }, "Cannot start nginx"],
];

for (const [cause, words] of inWords) {
  Deno.test(`stop cause: in words, ${JSON.stringify(words)}`, () => {
    assert.equal(describeCause(cause), words);
  });
}
