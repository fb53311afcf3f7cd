import assert from "node:assert/strict";
import { drainScene, obedientGunicorn, obedientNginx } from "./drain_scene.ts";

Deno.test("drain: a gunicorn that may not be signalled is said, not waited for, and not the end of the drain", async () => {
  const { clock, trace, log, child, drain } = drainScene();
  const pair = {
    nginx: child("nginx", obedientNginx),
    gunicorn: child("gunicorn", { refuses: true }),
  };
  const orphan = child("sleep", { exitsAfter: { SIGTERM: 10 } });

  assert.equal(await clock.finish(drain(pair, { orphans: () => [orphan] })), true);

  assert.deepEqual(trace, [
    "0: SIGQUIT to nginx",
    "30: nginx gone",
    "30: SIGTERM to sleep",
    "40: sleep gone",
  ]);
  assert.deepEqual(log.events, ["warning not-permitted", "error left-running"]);
  assert.match(
    log.messages.at(-1)!,
    /^gunicorn \(pid \d+\) still runs, and tandem may not end it: /,
  );
});

Deno.test("drain: after an nginx that may not be signalled, gunicorn is stopped at once", async () => {
  const { clock, trace, log, child, drain } = drainScene();
  const pair = {
    nginx: child("nginx", { refuses: true }),
    gunicorn: child("gunicorn", obedientGunicorn),
  };

  assert.equal(await clock.finish(drain(pair)), true);

  assert.deepEqual(trace, ["0: SIGTERM to gunicorn's group", "200: gunicorn gone"]);
  assert.deepEqual(log.events, ["warning not-permitted", "error left-running"]);
});

Deno.test("drain: an orphan that may not be signalled is said once, and not waited for", async () => {
  const { clock, log, child, drain } = drainScene();
  const orphan = child("sleep", { refuses: true });

  assert.equal(await clock.finish(drain({}, { orphans: () => [orphan] })), false);

  assert.equal(clock.now(), 0);
  assert.deepEqual(log.events, ["warning not-permitted"]);
});
