/** The grace period bounds every stop, and further stop signals shorten it. */

import assert from "node:assert/strict";
import { pause, SCHEDULING_MS, until } from "../../support/waiting.ts";
import { forEachLaunch } from "../../support/harness.ts";
import { ask, sendHalfAHeader } from "../../support/traffic/http_client.ts";
import type { Launcher } from "../../support/launcher.ts";
import { fixtures } from "../../support/paths.ts";

const STUBBORN = ["--gunicorn", `${fixtures}/stubborn_gunicorn`];
const GRACE_SECONDS = 2;
const GRACE = ["--grace-period", `${GRACE_SECONDS}`];

forEachLaunch("tandem kills a gunicorn that ignores SIGTERM", async (harness) => {
  const launcher = await harness.start({ args: [...STUBBORN, ...GRACE] });
  await launcher.ready();
  await assertKilledInTime(launcher);
});

forEachLaunch("the end of the grace period cuts off a half-sent header", async (harness) => {
  const launcher = await harness.start({ args: GRACE });
  await launcher.ready();
  const { port } = launcher.image;
  using _client = await sendHalfAHeader(port);
  // nginx accepts connections in order, so once this one is answered it has accepted the other.
  await ask(port, "/ping");
  await assertKilledInTime(launcher);
});

forEachLaunch("the end of the grace period cuts off a longer request", async (harness) => {
  const launcher = await harness.start({ args: GRACE });
  await launcher.ready();
  const { image } = launcher;
  const answer = ask(image.port, "/invocations?sleep=60").catch(() => "cut off");
  await until(5000, "the request to reach the app", () => image.arrived().length === 1);
  await assertKilledInTime(launcher);
  assert.equal(await answer, "cut off");
});

async function assertKilledInTime(launcher: Launcher): Promise<void> {
  const sentAt = performance.now();
  launcher.signal("SIGTERM");
  const exit = await launcher.exit(20_000);
  assert.equal(exit.code, 124);
  const took = exit.at - sentAt;
  assert.ok(took < GRACE_SECONDS * 1000 + SCHEDULING_MS, `ended after ${took} ms`);
}

/** Both deadlines are longer than `SCHEDULING_MS`, so a stop that waits for either fails the test. */
const PATIENT = ["--drain-delay", "30", "--grace-period", "60"];
/** Equal signals within 100 ms count as one: for one Ctrl-C a terminal and a task runner may both send a signal. */
const SEPARATE_SIGNAL_MS = 150;

forEachLaunch(
  "the pair serves during --drain-delay; a second SIGTERM skips the rest",
  async (harness) => {
    const launcher = await harness.start({ args: PATIENT });
    await launcher.ready();
    const { port } = launcher.image;
    launcher.signal("SIGTERM");
    await launcher.line(/still serving for 30 s/);
    await pause(SEPARATE_SIGNAL_MS);
    assert.equal((await ask(port, "/ping")).status, 200);

    const sentAgainAt = performance.now();
    launcher.signal("SIGTERM");
    const exit = await launcher.exit(20_000);
    assert.equal(exit.code, 0);
    const took = exit.at - sentAgainAt;
    assert.ok(took < SCHEDULING_MS, `ended ${took} ms after the second signal`);
  },
);

forEachLaunch("the pair serves for the whole --drain-delay, then exits", async (harness) => {
  const launcher = await harness.start({ args: ["--drain-delay", "2"] });
  await launcher.ready();
  const sentAt = performance.now();
  launcher.signal("SIGTERM");
  const ending = launcher.exit(20_000);
  const served = () => performance.now() - sentAt;
  while (served() < 1800) {
    const answer = await ask(launcher.image.port, "/ping").catch((error: Error) => error);
    // On a busy machine a request of these 1.8 s may come after the delay.
    if (served() >= 2000) break;
    assert.ok(!(answer instanceof Error), `${answer} after ${served()} ms`);
    assert.equal(answer.status, 200);
    await pause(50);
  }
  const exit = await ending;
  assert.equal(exit.code, 0);
  assert.ok(exit.at - sentAt >= 2000, `ended after ${exit.at - sentAt} ms`);
});

forEachLaunch("two equal signals within 100 ms count as one", async (harness) => {
  const launcher = await until(60_000, "two signals within 100 ms", async () => {
    const launcher = await harness.start({ args: PATIENT });
    await launcher.ready();
    const begin = performance.now();
    launcher.signal("SIGTERM");
    await pause(20);
    launcher.signal("SIGTERM");
    // On a busy machine the pause may be longer.
    if (performance.now() - begin < 60) return launcher;
    launcher.signal("SIGINT");
    await launcher.exit(20_000);
    return undefined;
  });
  await launcher.line(/still serving for 30 s/);
  await pause(1000);
  assert.equal((await ask(launcher.image.port, "/ping")).status, 200, "the delay goes on");
  launcher.signal("SIGINT");
  assert.equal((await launcher.exit(20_000)).code, 0);
});

forEachLaunch("a third SIGTERM ends the grace period at once", async (harness) => {
  const launcher = await harness.start({ args: [...STUBBORN, ...PATIENT] });
  await launcher.ready();
  launcher.signal("SIGTERM");
  await launcher.line(/still serving for 30 s/);
  await pause(SEPARATE_SIGNAL_MS);
  launcher.signal("SIGTERM");
  await pause(SEPARATE_SIGNAL_MS);
  const sentAt = performance.now();
  launcher.signal("SIGTERM");
  const exit = await launcher.exit(20_000);
  assert.equal(exit.code, 124);
  assert.ok(
    exit.at - sentAt < SCHEDULING_MS,
    `ended ${exit.at - sentAt} ms after the third signal`,
  );
});
