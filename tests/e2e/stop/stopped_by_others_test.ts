/**
 * systemd's KillMode=control-group signals nginx and gunicorn beside tandem: requests are lost, which the summary and the
 * exit status say; an ordinary stop never says it.
 */

import assert from "node:assert/strict";
import { until } from "../../support/waiting.ts";
import { forEachLaunch } from "../../support/harness.ts";
import type { Launcher } from "../../support/launcher.ts";
import { killByPid } from "../../support/machine/process_table.ts";
import { ask } from "../../support/traffic/http_client.ts";

const EXIT_MS = 60_000;
const SAID = /stopped by something other than tandem|something other than tandem stopped it/;

/** Only there does a stop take the time to watch for signals to the children. */
const UNDER_SYSTEMD = { INVOCATION_ID: "0".repeat(32) };

/** gunicorn waits for the request that has lost its client as long as it may. */
const SHORT_GRACE = ["--grace-period", "8"];

type Receiver = "tandem" | "nginx" | "gunicorn";

const orders: Receiver[][] = [
  ["tandem", "nginx", "gunicorn"],
  ["tandem", "gunicorn", "nginx"],
  ["nginx", "tandem", "gunicorn"],
  ["nginx", "gunicorn", "tandem"],
  ["gunicorn", "tandem", "nginx"],
  ["gunicorn", "nginx", "tandem"],
];

for (const order of orders) {
  forEachLaunch(
    `SIGTERM to ${order.join(", ")} at once is no clean stop`,
    async (harness) => {
      const launcher = await harness.start({ env: UNDER_SYSTEMD, args: SHORT_GRACE });
      await launcher.ready();
      const pids = order.map((name) => name === "tandem" ? launcher.pid : launcher.master(name));
      await loseRequest(launcher, () => pids.forEach((pid) => killByPid(pid, "SIGTERM")));
    },
    ["ordinary process"],
  );
}

forEachLaunch("SIGTERM to every process at once is no clean stop", async (harness) => {
  const launcher = await harness.start({ env: UNDER_SYSTEMD, args: SHORT_GRACE });
  await launcher.ready();
  const pids = launcher.family().map(({ pid }) => pid);
  await loseRequest(launcher, () => pids.forEach((pid) => killByPid(pid, "SIGTERM")));
}, ["ordinary process"]);

forEachLaunch(
  "nginx stopped by others during the drain delay is no clean stop",
  async (harness) => {
    const launcher = await harness.start({ args: ["--drain-delay", "60", "--grace-period", "90"] });
    await launcher.ready();
    const nginx = launcher.master("nginx");
    launcher.signal("SIGTERM");
    await launcher.line(/still serving for 60 s/, EXIT_MS);
    killByPid(nginx, "SIGTERM");
    await assertSaid(launcher, /^tandem: stopped: SIGTERM; nginx was stopped by something other /);
  },
);

forEachLaunch("gunicorn stopped by others while nginx drains is no clean stop", async (harness) => {
  const launcher = await harness.start();
  await launcher.ready();
  const gunicorn = launcher.master("gunicorn");
  const answer = ask(launcher.image.port, "/invocations?sleep=3").catch(() => undefined);
  await until(EXIT_MS, "a request in the app", () => launcher.image.arrived().length === 1);
  launcher.signal("SIGTERM");
  await launcher.line(/stopping: SIGTERM/, EXIT_MS);
  killByPid(gunicorn, "SIGTERM");
  await assertSaid(launcher, /^tandem: stopped: SIGTERM; gunicorn was stopped by something other /);
  // gunicorn finishes it all the same, but no other.
  assert.equal((await answer)?.status, 200);
});

for (const signal of ["SIGTERM", "SIGINT", "SIGQUIT"] as const) {
  forEachLaunch(`an ordinary stop by ${signal} is a clean one`, async (harness) => {
    for (const isIdle of [true, false]) {
      const launcher = await harness.start();
      await launcher.ready();
      const answer = isIdle ? undefined : ask(launcher.image.port, "/invocations?sleep=1");
      if (!isIdle) {
        await until(EXIT_MS, "a request in the app", () => launcher.image.arrived().length === 1);
      }
      launcher.signal(signal);
      const { code } = await launcher.exit(EXIT_MS);
      assert.equal(code, 0);
      assert.ok(!launcher.lines.some((line) => /other than tandem/.test(line)));
      if (answer) assert.equal((await answer).status, 200);
    }
  });
}

/** Stops the pair while a request is in the app. */
async function loseRequest(launcher: Launcher, stop: () => void): Promise<void> {
  const lost = ask(launcher.image.port, "/invocations?sleep=30").then(() => false, () => true);
  await until(EXIT_MS, "a request in the app", () => launcher.image.arrived().length === 1);
  stop();
  await assertSaid(launcher, SAID);
  assert.ok(await lost);
}

async function assertSaid(launcher: Launcher, said: RegExp): Promise<void> {
  const { code } = await launcher.exit(EXIT_MS);
  assert.equal(code, 1);
  const summary = launcher.stderr.lines.findLast((line) => /^tandem: stopped: /.test(line)) ?? "";
  assert.match(summary, said);
  assert.match(summary, /KillMode=mixed.*; exit 1$/);
}
