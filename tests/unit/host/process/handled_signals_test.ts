import assert from "node:assert/strict";
import { handlesSignal, masksHandle } from "../../../../lib/host/process/handled_signals.ts";

/** Lines of /proc/PID/status: of nginx's master, of a Python that has just started, and of `nohup sleep`. */
const NGINX = "Name:\tnginx\nSigBlk:\t0000000000000000\nSigIgn:\t0000000040001000\n" +
  "SigCgt:\t0000000198016a07\n";
const PYTHON = "Name:\tgunicorn\nSigBlk:\t0000000000000000\nSigIgn:\t0000000001001000\n" +
  "SigCgt:\t0000000000000002\n";
const NOHUP = "Name:\tsleep\nSigIgn:\t0000000000000001\nSigCgt:\t0000000000000000\n";

for (
  const [what, status, expected] of [
    ["nginx has handlers for SIGHUP and SIGUSR1", NGINX, [true, true, false]],
    ["a Python that has just started has none", PYTHON, [false, false, false]],
    ["an ignored signal ends nothing", NOHUP, [true, false, false]],
    ["without masks nothing is known", "Name:\tx\n", [true, true, true]],
  ] as const
) {
  Deno.test(`handled signals: ${what}`, () => {
    const handled = (["SIGHUP", "SIGUSR1", "SIGTTIN"] as const).map((name) =>
      masksHandle(status, name)
    );
    assert.deepEqual(handled, expected);
  });
}

Deno.test("handled signals: of a real process, and of one that does not exist", async () => {
  const sleep = new Deno.Command("sleep", { args: ["60"] }).spawn();
  try {
    assert.equal(handlesSignal(sleep.pid, "SIGHUP"), false);
  } finally {
    sleep.kill("SIGKILL");
    await sleep.status;
  }
  assert.equal(handlesSignal(sleep.pid, "SIGHUP"), true);
});
