/** A child that something other than tandem stops during a requested stop. */

import assert from "node:assert/strict";
import { stage } from "./stage.ts";

const clean = { code: 0, signal: null };

/** gunicorn's socket was removed before the stop and tells nothing. */
const withoutSocket = { watchMs: 50, hasLostSocket: () => true };

Deno.test("stopped by others: nginx that exits before tandem's signal, while tandem watches", async () => {
  const { clock, trace, log, children, run, send } = stage({ dependencies: withoutSocket });
  const status = run();
  await clock.advance(1000);

  send("SIGTERM");
  await clock.advance(3);
  children.nginx!.exit(clean);

  assert.equal(await clock.finish(status), 1);
  assert.ok(!trace.some((event) => event.includes("SIGQUIT")), trace.join("\n"));
  assert.match(
    log.messages.at(-1)!,
    /^stopped: SIGTERM; nginx was stopped by something other than tandem, so requests may be lost \(/,
  );
  assert.deepEqual(log.fields.at(-1)?.stoppedByOthers, ["nginx"]);
});

Deno.test("stopped by others: gunicorn that removes its socket while tandem watches", async () => {
  const { clock, trace, log, run, send } = stage({
    dependencies: { watchMs: 50, hasLostSocket: () => clock.now() >= 1040 },
  });
  const status = run();
  await clock.advance(1000);

  send("SIGTERM");

  assert.equal(await clock.finish(status), 1);
  assert.ok(trace.includes("1000: SIGQUIT to nginx"), trace.join("\n"));
  assert.deepEqual(log.fields.at(-1)?.stoppedByOthers, ["gunicorn"]);
});

Deno.test("stopped by others: gunicorn that exits while nginx drains", async () => {
  const { clock, log, children, run, send } = stage({ nginx: { exitsAfter: { SIGQUIT: 500 } } });
  const status = run();
  await clock.advance(1000);

  send("SIGTERM");
  await clock.advance(100);
  children.gunicorn!.exit(clean);

  assert.equal(await clock.finish(status), 1);
  assert.match(log.messages.at(-1)!, /; gunicorn was stopped by something other than tandem, so /);
});

for (const [lostAt, expected] of [[1100, 1], [900, 0], [1700, 0]] as const) {
  Deno.test(`stopped by others: gunicorn's socket is gone since ${lostAt} ms`, async () => {
    const { clock, log, run, send } = stage({
      nginx: { exitsAfter: { SIGQUIT: 500 } },
      dependencies: { hasLostSocket: () => clock.now() >= lostAt },
    });
    const status = run();
    await clock.advance(1000);

    send("SIGTERM");

    // Before the stop something may have removed it, and after tandem's signal gunicorn does.
    assert.equal(await clock.finish(status), expected);
    assert.equal("stoppedByOthers" in log.fields.at(-1)!, expected === 1);
  });
}

Deno.test("stopped by others: both", async () => {
  const { clock, log, children, run, send } = stage({ dependencies: withoutSocket });
  const status = run();
  await clock.advance(1000);

  send("SIGTERM");
  await clock.settle();
  children.gunicorn!.exit(clean);
  children.nginx!.exit(clean);

  assert.equal(await clock.finish(status), 1);
  assert.match(log.messages.at(-1)!, /; nginx and gunicorn were stopped by something other /);
});

for (const [drainTime, signalled] of [[4, 1050], [500, 1500]] as const) {
  Deno.test(`stopped by others: the watch passes while nginx drains for ${drainTime} ms`, async () => {
    const { clock, trace, log, run, send } = stage({
      nginx: { exitsAfter: { SIGQUIT: drainTime } },
      dependencies: { watchMs: 50 },
    });
    const status = run();
    await clock.advance(1000);

    send("SIGTERM");

    assert.equal(await clock.finish(status), 0);
    assert.ok(trace.includes("1000: SIGQUIT to nginx"), trace.join("\n"));
    const first = trace.find((event) => event.endsWith(": SIGTERM to gunicorn's group"));
    assert.equal(first, `${signalled}: SIGTERM to gunicorn's group`);
    assert.ok(!("stoppedByOthers" in log.fields.at(-1)!));
    assert.equal(clock.liveTimers, 0);
  });
}

Deno.test("stopped by others: nothing is watched once a child has exited by itself", async () => {
  const { clock, trace, log, children, run } = stage({ dependencies: { watchMs: 50 } });
  const status = run();
  await clock.advance(1000);

  children.gunicorn!.exit(clean);

  assert.equal(await clock.finish(status), 1);
  assert.ok(trace.includes("1000: SIGQUIT to nginx"), trace.join("\n"));
  assert.match(
    log.messages.at(-1)!,
    /^stopped: gunicorn exited by itself with status 0, as if something other than tandem stopped it /,
  );
});

Deno.test("stopped by others: the third stop signal ends the watch", async () => {
  const { clock, trace, run, send } = stage({
    dependencies: { ...withoutSocket, watchMs: 5000 },
  });
  const status = run();
  await clock.advance(1000);

  for (let sent = 0; sent < 3; sent++) {
    send("SIGTERM");
    await clock.advance(200);
  }

  await clock.finish(status);
  assert.ok(trace.some((event) => event.startsWith("1400: SIGKILL to nginx")), trace.join("\n"));
});
