/** Thousands of orphans that end at once are reaped, and thousands that live are ended; signals are heard meanwhile. */

import assert from "node:assert/strict";
import { forEachLaunch } from "../../support/harness.ts";
import { ask } from "../../support/traffic/http_client.ts";
import { SCHEDULING_MS, until } from "../../support/waiting.ts";

/** `TANDEM_ORPHANS` tries more. */
const ORPHANS = Number(Deno.env.get("TANDEM_ORPHANS") || 2000);
const STORM_MS = 60_000;
/** For tandem to hear a signal, or to reap a zombie. */
const PROMPT_MS = 1000;

forEachLaunch(`${ORPHANS} orphans that end within a second leave no zombie`, async (harness) => {
  const launcher = await harness.start({ app: "storm.py" });
  await launcher.ready();
  const { port } = launcher.image;
  const storm = ask(port, `/invocations/storm?count=${ORPHANS}&seconds=0.5`);
  const zombies = new Map<number, number>();
  let longest = 0;
  let isOver = false;
  storm.finally(() => isOver = true).catch(() => {});
  await until(STORM_MS, "the reaping of all orphans", () => {
    const children = launcher.children();
    const now = performance.now();
    const present = new Set(children.filter(({ state }) => state === "Z").map(({ pid }) => pid));
    for (const pid of zombies.keys()) if (!present.has(pid)) zombies.delete(pid);
    for (const pid of present) {
      if (!zombies.has(pid)) zombies.set(pid, now);
      longest = Math.max(longest, now - zombies.get(pid)!);
    }
    // The masters, and the slim edition's guardian.
    return isOver && children.length <= 3;
  });
  assert.equal((await storm).status, 200);
  assert.ok(longest < PROMPT_MS + SCHEDULING_MS, `a zombie for ${longest} ms`);
  assert.equal((await ask(port, "/ping")).status, 200);
});

forEachLaunch(`a stop ends ${ORPHANS} living orphans, and is heard at once`, async (harness) => {
  const launcher = await harness.start({ app: "storm.py" });
  await launcher.ready();
  const { port } = launcher.image;
  const storm = await ask(port, `/invocations/storm?count=${ORPHANS}&seconds=600`);
  assert.equal(storm.status, 200);
  // Some end just now, so that tandem reaps while it hears the signal.
  const ending = ask(port, `/invocations/storm?count=${ORPHANS / 10}&seconds=0.1`);
  assert.equal((await ending).status, 200);
  assert.equal((await ask(port, "/ping")).status, 200);

  const sentAt = performance.now();
  launcher.signal("SIGTERM");
  await launcher.line(/stopping: SIGTERM/);
  const heard = performance.now() - sentAt;
  assert.ok(heard < PROMPT_MS + SCHEDULING_MS, `heard after ${heard} ms`);
  assert.equal((await launcher.exit(60_000)).code, 0);
  assert.deepEqual(launcher.lines.filter((line) => /killing|not gone/.test(line)), []);
});
