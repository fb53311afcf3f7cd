import assert from "node:assert/strict";
import { SpawnError } from "../../../lib/host/process/child.ts";
import {
  causeFields,
  childExit,
  describeCause,
  NotReadyInTime,
  Refusal,
  type StopCause,
  toStopCause,
} from "../../../lib/supervise/stop_cause.ts";

Deno.test("stop cause: each known error of a start has its own cause", () => {
  assert.deepEqual(toStopCause(new Refusal("daemon on")), { kind: "refused", reason: "daemon on" });
  assert.deepEqual(toStopCause(new SpawnError("no such file")), {
    kind: "cannot-start",
    reason: "no such file",
  });
  const ofLateModule = Object.assign(new Error("no such file"), { name: "SpawnError" });
  assert.equal(toStopCause(ofLateModule).kind, "cannot-start");
  assert.deepEqual(toStopCause(new NotReadyInTime(30_000)), {
    kind: "not-ready",
    milliseconds: 30_000,
  });
});

Deno.test("stop cause: any other error is an internal error, with its stack trace", () => {
  const cause = toStopCause(new TypeError("undefined is not a function"));
  assert.equal(cause.kind, "internal-error");
  assert.match(
    cause.kind === "internal-error" ? cause.trace : "",
    /undefined is not a function\n[^]*\n *at /,
  );
  assert.equal(describeCause(cause), "internal error (a bug in tandem), please report it");

  const thrown = toStopCause("a thrown text");
  assert.match(thrown.kind === "internal-error" ? thrown.trace : "", /^a thrown text\n/);
});

const descriptions: [StopCause, string][] = [
  [{ kind: "stop-requested", signal: "SIGINT" }, "SIGINT"],
  [
    { kind: "child-exited", child: "nginx", status: { code: 1, signal: null } },
    "nginx exited by itself with status 1",
  ],
  [
    { kind: "child-exited", child: "gunicorn", status: { code: 137, signal: "SIGKILL" } },
    "gunicorn was killed by SIGKILL",
  ],
  [{ kind: "not-ready", milliseconds: 1500 }, "not ready within 1.5 s"],
  [{ kind: "refused", reason: "nginx rejects its conf" }, "nginx rejects its conf"],
  [{ kind: "cannot-start", reason: "Cannot start nginx" }, "Cannot start nginx"],
];

for (const [cause, text] of descriptions) {
  Deno.test(`stop cause: ${JSON.stringify(text)}`, () => {
    assert.equal(describeCause(cause), text);
  });
}

Deno.test("stop cause: a gunicorn that exits with a status of its own before the app answers failed to load it", () => {
  const notCounted = () => assert.fail("memory kills are counted only after a SIGKILL");
  const exit = (code: number, hasAnswered: boolean) =>
    causeFields(childExit("gunicorn", { code, signal: null }, hasAnswered, notCounted));
  for (const code of [1, 3, 4]) {
    const fields = { child: "gunicorn", childStatus: code };
    assert.deepEqual(exit(code, false), { cause: "app-failed-to-load", ...fields });
    assert.deepEqual(exit(code, true), { cause: "child-exited", ...fields });
  }
  assert.equal(exit(0, false).cause, "child-exited");
  assert.equal(
    childExit("nginx", { code: 1, signal: null }, false, notCounted).kind,
    "child-exited",
  );
  assert.deepEqual(
    causeFields(childExit("nginx", { code: 137, signal: "SIGKILL" }, false, () => 0)),
    {
      ...{ cause: "child-exited", child: "nginx", childSignal: "SIGKILL" },
    },
  );
});
