/** Orphans of every generation, and what was started before tandem by its pid, end with the run. */

import assert from "node:assert/strict";
import { forEachLaunch } from "../../support/harness.ts";
import { SCHEDULING_MS, until } from "../../support/waiting.ts";

/** Each process is in a session of its own and has the next one as its child; only the first few obey SIGTERM. */
const GENERATIONS = `
import os, signal, sys, time
def app(environ, start_response):
    if environ["PATH_INFO"] == "/invocations/generations" and os.fork() == 0:
        os.setsid()
        for generation in range(6):
            pid = os.fork()
            if pid:
                signal.signal(signal.SIGTERM, signal.SIG_DFL if generation < 3 else signal.SIG_IGN)
                if generation: time.sleep(600)
                os._exit(0)
            os.setsid()
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
        open("generations-made", "w").close()
        time.sleep(600)
    start_response("200 OK", [("Content-Length", "0")])
    return [b""]
`;

forEachLaunch("six generations of orphans are ended", async (harness) => {
  const launcher = await harness.start({
    app: GENERATIONS,
    args: ["--grace-period", "2", "--", "--worker-class", "sync"],
  });
  await launcher.ready();
  fetch(`http://127.0.0.1:${launcher.image.port}/invocations/generations`).then(
    (answer) => answer.body?.cancel(),
    () => {},
  );
  await until(10_000, "all generations", () => madeIn(launcher.image.program));
  const askedAt = performance.now();
  launcher.signal("SIGTERM");
  const exit = await launcher.exit(20_000);
  assert.equal(exit.code, 0);
  assert.ok(exit.at - askedAt < 4000 + SCHEDULING_MS, `ended after ${exit.at - askedAt} ms`);
  assert.ok(!launcher.lines.some((line) => /after SIGKILL/.test(line)), "none survived SIGKILL");
});

/** Takes longer to end than the second that orphans once had. */
const HELPER = `
trap 'sleep 2.5; touch helper-done; exit 0' TERM
while :; do sleep 0.1; done`;

forEachLaunch(
  "a helper that the entrypoint started has the rest of the grace period",
  async (harness) => {
    const image = harness.image();
    const script = `(${HELPER}) & exec "$0" "$@"`;
    const launcher = await harness.start({ image, prefix: ["sh", "-c", script] });
    await launcher.ready();
    launcher.signal("SIGTERM");
    assert.equal((await launcher.exit(25_000)).code, 0);
    assert.ok(Deno.statSync(`${image.program}/helper-done`).isFile);
    assert.ok(!launcher.lines.some((line) => /killing/.test(line)));
  },
);

function madeIn(folder: string): boolean {
  try {
    return Deno.statSync(`${folder}/generations-made`).isFile;
  } catch {
    return false;
  }
}
