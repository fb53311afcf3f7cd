/** Two tandems never share a socket or a state folder, however close their starts are. */

import assert from "node:assert/strict";
import { forEachLaunch, type Harness } from "../../support/harness.ts";
import { exists, type Image, stateFiles } from "../../support/image.ts";
import type { Launcher } from "../../support/launcher.ts";
import { killByPid } from "../../support/machine/process_table.ts";
import { leaveSocket } from "../../support/machine/unix_sockets.ts";
import { ask } from "../../support/traffic/http_client.ts";
import { until } from "../../support/waiting.ts";

/** In a pid namespace of its own, a tandem does not see the other's process. */
const HOLDER = "(pid \\d+|owner not visible: another user or container)";

interface LaunchOn {
  image: Image;
  args: string[];
}

/** Two images with ports of their own and one socket. */
function twoOnOneSocket(harness: Harness): LaunchOn[] {
  const images = [harness.image(), harness.image()];
  const socket = `${images[0]!.folder}/shared.sock`;
  for (const image of images) image.writeConf({ socket });
  return images.map((image) => ({ image, args: ["--socket", socket] }));
}

for (const atOnce of [true, false]) {
  const when = atOnce ? "at once" : "one after the other";
  forEachLaunch(`of two starts on one socket ${when}, one serves`, async (harness) => {
    const [one, other] = twoOnOneSocket(harness);
    const first = harness.start(one);
    if (!atOnce) await (await first).ready();
    const both = await Promise.all([first, harness.start(other)]);
    const refused = await until(
      20_000,
      "a refusal",
      () => both.find(({ isRunning }) => !isRunning),
    );
    const winner = both.find((launcher) => launcher !== refused)!;
    assert.equal((await refused.exit(1000)).code, 78);
    await refused.stderr.line(
      new RegExp(`shared\\.sock is in use \\(tandem, ${HOLDER}\\): stop that process, or`),
      0,
    );
    await winner.ready();
    assert.equal((await ask(winner.image.port, "/ping")).status, 200);
  });
}

forEachLaunch("of two starts with one state folder at once, one serves", async (harness) => {
  const state = `${harness.image().folder}/shared`;
  const args = ["--state-dir", state];
  const both = await Promise.all([harness.start({ args }), harness.start({ args })]);
  const refused = await until(20_000, "a refusal", () => both.find(({ isRunning }) => !isRunning));
  const winner = both.find((launcher) => launcher !== refused)!;
  assert.equal((await refused.exit(1000)).code, 78);
  await refused.stderr.line(
    new RegExp(`tandem already runs with \\S+ \\(${HOLDER}\\): stop it`),
    0,
  );
  await winner.ready();
  assert.deepEqual(stateFiles(state), ["state.json", "tandem.lock", "tandem.pid"]);
  const { pid } = JSON.parse(Deno.readTextFileSync(`${state}/state.json`));
  assert.equal(pid, harness.mode === "PID 1" ? 1 : winner.pid);
});

forEachLaunch("a pid in a state file that another process has is no tandem", async (harness) => {
  const image = harness.image();
  Deno.mkdirSync(image.state);
  // As a killed PID 1 leaves it whose /proc was that of the machine.
  const stat = Deno.readTextFileSync("/proc/1/stat");
  const startTicks = Number(stat.slice(stat.lastIndexOf(")") + 2).split(" ")[19]);
  Deno.writeTextFileSync(`${image.state}/state.json`, JSON.stringify({ pid: 1, startTicks }));
  await (await harness.start({ image })).ready();
}, ["ordinary process"]);

for (const loss of ["gone", "replaced"] as const) {
  forEachLaunch(`a socket that is ${loss} while the pair serves is reported`, async (harness) => {
    const launcher = await harness.start();
    await launcher.ready();
    const { socket } = launcher.image;
    assert.equal((await report(launcher)).socketLoss, undefined);
    Deno.removeSync(socket);
    if (loss === "replaced") await leaveSocket(socket);
    assert.equal((await report(launcher)).socketLoss, loss);
    const said = new RegExp(`gunicorn's socket, was (removed|replaced by another) while gunicorn`);
    assert.match((await run(launcher, "status")).stdout, said);
    const health = await run(launcher, "health");
    assert.equal(health.code, 1);
    assert.match(health.stdout, said);
    launcher.signal("SIGTERM");
    assert.equal((await launcher.exit(10_000)).code, 0);
    await launcher.stderr.line(said, 0);
  }, ["ordinary process"]);
}

forEachLaunch("another's socket outlives a gunicorn that is killed", async (harness) => {
  const launcher = await harness.start();
  await launcher.ready();
  const { socket } = launcher.image;
  Deno.removeSync(socket);
  await leaveSocket(socket);
  killByPid(launcher.master("gunicorn"), "SIGKILL");
  assert.equal((await launcher.exit(10_000)).code, 137);
  assert.ok(exists(socket));
  Deno.removeSync(socket);
});

async function run({ edition, image }: Launcher, ...args: string[]) {
  const command = new Deno.Command(edition.path, { args: [...args, "--state-dir", image.state] });
  const { code, stdout } = await command.output();
  return { code, stdout: new TextDecoder().decode(stdout) };
}

async function report(launcher: Launcher): Promise<{ socketLoss?: string }> {
  return JSON.parse((await run(launcher, "status", "--json")).stdout);
}
