/** A start after tandem was killed: the old pair finishes its requests, and only then does the new one start. */

import assert from "node:assert/strict";
import { forEachLaunch, type Harness } from "../../support/harness.ts";
import type { Image } from "../../support/image.ts";
import type { Launcher } from "../../support/launcher.ts";
import { isAlive, killByPid, read } from "../../support/machine/process_table.ts";
import { ask } from "../../support/traffic/http_client.ts";
import { warmUp } from "../../support/traffic/warm_up.ts";
import { pause, until } from "../../support/waiting.ts";

const PATIENCE_MS = 30_000;
const REQUESTS = 8;

forEachLaunch(
  "a start stops the pair of a killed tandem, and loses no request",
  async (harness) => {
    const image = harness.image();
    const first = await harness.start({ image });
    await first.ready();
    await warmUp(first, 1);
    const before = image.arrived().length;
    const masters = (["nginx", "gunicorn"] as const).map((name) => first.master(name));
    const path = `/invocations?until=${image.folder}/finish`;
    const answers = Array.from({ length: REQUESTS }, () => ask(image.port, path));
    await until(
      PATIENCE_MS,
      "all requests with the app",
      () => image.arrived().length >= before + REQUESTS,
    );

    await killTandem(first);
    const second = await harness.start({ image });
    await second.line(
      new RegExp(`tandem \\(pid ${first.pid}\\) was killed and left nginx \\(pid ${masters[0]}\\)`),
      PATIENCE_MS,
    );
    assert.ok(!second.lines.some((line) => line.includes("Starting gunicorn")));
    Deno.writeTextFileSync(`${image.folder}/finish`, "");
    for (const answer of await Promise.all(answers)) assert.equal(answer.status, 200);
    await second.line(/ready in \d+ ms/, PATIENCE_MS);
    assert.ok(!masters.some(isAlive), "the old masters are gone");

    second.signal("SIGTERM");
    assert.equal((await second.exit(PATIENCE_MS)).code, 0);
  },
  ["ordinary process"],
);

forEachLaunch("what does not finish in the grace period is killed", async (harness) => {
  const image = harness.image();
  const masters = await killTandemOfStuckPair(harness, image);

  const second = await harness.start({ image, args: ["--grace-period", "3"] });
  await second.line(/gunicorn did not exit in time: killing it/, PATIENCE_MS);
  await second.line(/ready in \d+ ms/, PATIENCE_MS);
  assert.ok(!masters.some(isAlive), "the old masters are gone");
  second.signal("SIGTERM");
  // On a busy machine its own pair may take longer than so short a grace period.
  await second.exit(PATIENCE_MS);
}, ["ordinary process"]);

forEachLaunch("a stop during that starts nothing, and loses no request", async (harness) => {
  const image = harness.image();
  const first = await harness.start({ image });
  await first.ready();
  const before = image.arrived().length;
  const answer = ask(image.port, `/invocations?until=${image.folder}/finish`);
  await until(PATIENCE_MS, "the request with the app", () => image.arrived().length > before);
  await killTandem(first);
  const second = await harness.start({ image });
  await second.line(/was killed and left/, PATIENCE_MS);
  second.signal("SIGTERM");
  Deno.writeTextFileSync(`${image.folder}/finish`, "");
  assert.equal((await answer).status, 200);
  assert.equal((await second.exit(PATIENCE_MS)).code, 0);
  const output = second.lines.join("\n");
  assert.match(output, /stopped: SIGTERM; never ready.*; exit 0/);
  assert.doesNotMatch(output, /gunicorn started|Starting gunicorn/);
}, ["ordinary process"]);

forEachLaunch("the third stop signal ends that at once", async (harness) => {
  const image = harness.image();
  const masters = await killTandemOfStuckPair(harness, image);

  const second = await harness.start({ image, args: ["--grace-period", "600"] });
  await second.line(/was killed and left/, PATIENCE_MS);
  for (let signal = 1; signal <= 3; signal++) {
    second.signal("SIGTERM");
    // Closer ones count once.
    await pause(300);
  }
  assert.equal((await second.exit(PATIENCE_MS)).code, 0);
  assert.ok(!masters.some(isAlive), "the old masters are gone");
  // The killed gunicorn's. The next start would replace it.
  Deno.removeSync(image.socket);
}, ["ordinary process"]);

forEachLaunch("a tandem that lives keeps its pair, even if its lock is lost", async (harness) => {
  const image = harness.image();
  const first = await harness.start({ image });
  await first.ready();
  Deno.removeSync(`${image.state}/tandem.lock`);
  const second = await harness.start({ image });
  assert.equal((await second.exit(PATIENCE_MS)).code, 78);
  assert.doesNotMatch(second.lines.join("\n"), /was killed and left/);
  assert.equal((await ask(image.port, "/ping")).status, 200);
  first.signal("SIGTERM");
  assert.equal((await first.exit(PATIENCE_MS)).code, 0);
}, ["ordinary process"]);

forEachLaunch("a start that is refused anyway leaves the old pair alone", async (harness) => {
  const image = harness.image();
  const masters = await killTandemOfStuckPair(harness, image);

  const refused = await harness.start({ image, args: ["--chdir", "/no/such/folder"] });
  assert.equal((await refused.exit(PATIENCE_MS)).code, 78);
  assert.match(refused.lines.join("\n"), /^tandem: error: there is no folder .*$/);
  assert.ok(masters.every(isAlive), "the old masters live");

  const last = await harness.start({ image, args: ["--grace-period", "3"] });
  await last.line(/ready in \d+ ms/, PATIENCE_MS);
  last.signal("SIGTERM");
  await last.exit(PATIENCE_MS);
}, ["ordinary process"]);

async function killTandem(launcher: Launcher): Promise<void> {
  launcher.signal("SIGKILL");
  await until(PATIENCE_MS, "tandem's end", () => !isAlive(launcher.pid));
}

/** @returns nginx's master and gunicorn's, which are stopped: the slim edition's pair would end by itself */
async function killTandemOfStuckPair(harness: Harness, image: Image): Promise<number[]> {
  const launcher = await harness.start({ image });
  await launcher.ready();
  const masters = (["nginx", "gunicorn"] as const).map((name) => launcher.master(name));
  for (const pid of masters) killByPid(pid, "SIGSTOP");
  await killTandem(launcher);
  return masters;
}

/** Leaves a state file as a killed tandem does. */
function leaveState(image: Image, state: string, changes: Record<string, unknown>): void {
  Deno.mkdirSync(image.state, { recursive: true });
  const text = JSON.stringify({ ...JSON.parse(state), ...changes });
  Deno.writeTextFileSync(`${image.state}/state.json`, text);
}

function identify(pid: number) {
  const fields = (read(pid, "stat") ?? "").split(") ")[1]?.split(" ") ?? [];
  return { pid, startTicks: Number(fields[19]) };
}

forEachLaunch("another's process is not taken for a child of a killed tandem", async (harness) => {
  const image = harness.image();
  const first = await harness.start({ image });
  await first.ready();
  const state = Deno.readTextFileSync(`${image.state}/state.json`);
  first.signal("SIGTERM");
  await first.exit(PATIENCE_MS);

  // A leader, as tandem's children are, and a member of its group.
  const stranger = new Deno.Command("/bin/sh", {
    args: ["-c", "sleep 1000 & echo $!; wait"],
    stdout: "piped",
    detached: true,
  }).spawn();
  try {
    const reader = stranger.stdout.getReader();
    const member = Number(new TextDecoder().decode((await reader.read()).value));
    await reader.cancel();
    for (
      const changes of [
        { nginx: identify(stranger.pid), bootId: "of an earlier boot" },
        { nginx: identify(stranger.pid), bootId: undefined },
        { nginx: identify(member) },
      ]
    ) {
      leaveState(image, state, changes);
      const second = await harness.start({ image });
      await second.line(/ready in \d+ ms/, PATIENCE_MS);
      assert.doesNotMatch(second.lines.join("\n"), /was killed and left/);
      assert.ok([stranger.pid, member].every(isAlive), "the stranger lives");
      second.signal("SIGTERM");
      assert.equal((await second.exit(PATIENCE_MS)).code, 0);
    }
  } finally {
    killByPid(-stranger.pid, "SIGKILL");
    await stranger.status;
  }
}, ["ordinary process"]);
