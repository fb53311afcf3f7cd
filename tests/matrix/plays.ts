/** What is done to the pair in each cell, and what has to hold. */

import assert from "node:assert/strict";
import type { Image } from "../support/image.ts";
import type { Launcher } from "../support/launcher.ts";
import { handlesSignals } from "../support/machine/handled_signals.ts";
import { argumentsOf, isAlive, killByPid } from "../support/machine/process_table.ts";
import { ask } from "../support/traffic/http_client.ts";
import { pollStart } from "../support/traffic/poll.ts";
import { SteadyLoad } from "../support/traffic/steady_load.ts";
import { pause, until, within } from "../support/waiting.ts";
import {
  hasImported,
  importsOf,
  PATIENCE_MS,
  type Play,
  type Scene,
  STOP_MS,
  WORKERS,
} from "./cell.ts";
import { isAtLeast } from "./suite_facts.ts";

export const plays: readonly Play[] = [
  {
    name: "start, reload and stop under load",
    setup: { conf: "seed", logs: "inherit", mode: "ordinary process" },
    isQuick: true,
    async action(scene) {
      const launcher = await startUnderLoad(scene);
      assertArguments(scene, launcher);
      await reloadUnderLoad(scene, launcher);
      await stopUnderLoad(scene, launcher);
    },
  },
  {
    name: "the same with the built-in conf as PID 1",
    setup: { conf: "built-in", logs: "prefix", mode: "PID 1" },
    async action(scene) {
      const launcher = await startUnderLoad(scene);
      await reloadUnderLoad(scene, launcher);
      await stopUnderLoad(scene, launcher);
    },
  },
  {
    name: "kill of a worker",
    setup: { conf: "built-in", logs: "inherit", mode: "ordinary process" },
    expected: [
      /tandem: warning: gunicorn worker \d+ was killed by SIGKILL/,
      /Worker with pid \d+ was terminated due to signal 9/,
      /Worker \(pid:\d+\) was sent SIGKILL! Perhaps out of memory\?/,
    ],
    async action(scene) {
      const launcher = await scene.serve();
      const [worker = 0] = launcher.workers("gunicorn");
      const imports = importsOf(launcher);
      killByPid(worker, "SIGKILL");
      await launcher.line(/gunicorn worker \d+ (was killed|died)/, PATIENCE_MS);
      await freshWorkers(launcher, [worker]);
      await hasImported(launcher, imports + 1);
      scene.count([`${(await ask(launcher.image.port, "/ping")).status}`]);
      await stop(launcher);
    },
  },
  ...(["nginx", "gunicorn"] as const).map((child): Play => ({
    name: `kill of ${child}'s master`,
    setup: {
      conf: child === "nginx" ? "seed" : "built-in",
      logs: "json",
      mode: "ordinary process",
    },
    expected: [new RegExp(`tandem: error: stopping: ${child} was killed by SIGKILL`)],
    async action(scene) {
      const launcher = await scene.serve();
      const workers = [...launcher.workers("nginx"), ...launcher.workers("gunicorn")];
      killByPid(launcher.master(child), "SIGKILL");
      const { code } = await launcher.exit(STOP_MS);
      assert.equal(code, 137);
      assert.deepEqual(workers.filter(isAlive), [], "no orphaned worker is left");
    },
  })),
  {
    name: "SIGTERM during the start",
    setup: { conf: "built-in", logs: "inherit", mode: "PID 1" },
    async action(scene) {
      for (const moment of [0, 120, 240, 360, 600]) {
        const launcher = await scene.start();
        await until(PATIENCE_MS, "handled signals", () => handlesSignals(launcher.pid));
        await pause(moment);
        await stop(launcher);
      }
    },
  },
  ...(["seed", "built-in"] as const).map((conf): Play => ({
    name: `check of the ${conf} conf`,
    setup: { conf, logs: "inherit", mode: "PID 1" },
    isQuick: conf === "seed",
    async action(scene) {
      const launcher = await scene.start(scene.image(), "check");
      assert.equal((await launcher.exit(PATIENCE_MS)).code, 0, launcher.story);
      const warnings = launcher.lines.filter((line) => line.startsWith("warning"));
      const known = conf === "seed" ? [SEED_WARNING, OLD_GUNICORN] : [OLD_GUNICORN];
      const unknown = warnings.filter((line) => !known.some((pattern) => pattern.test(line)));
      assert.deepEqual(unknown, [], "no unknown warning");
    },
  })),
  {
    name: "descriptors over 20 reloads",
    isForOneCell: true,
    setup: { conf: "seed", logs: "prefix", mode: "ordinary process" },
    async action(scene) {
      const launcher = await scene.serve();
      const master = launcher.master("gunicorn");
      const count = () => [...Deno.readDirSync(`/proc/${master}/fd`)].length;
      const before = count();
      for (let reload = 0; reload < 20; reload++) await reloadOnce(launcher);
      await until(
        PATIENCE_MS,
        `${before} descriptors of gunicorn's master`,
        () => count() === before,
      );
      await stop(launcher);
    },
  },
];

/** Of bullseye, without its security archive; bookworm has the fix. */
const OLD_GUNICORN = /gunicorn 20\.1\.0 lets a client hide a request .*CVE-2024-1135/;
const SEED_WARNING = /accepts bodies of up to 5m, SageMaker of up to 25m/;

async function startUnderLoad(scene: Scene): Promise<Launcher> {
  const image = scene.image();
  const clients = [1, 2].map(() => pollStart(image.port));
  const launcher = await scene.serve(image);
  scene.count((await within(PATIENCE_MS, "answers", Promise.all(clients))).flat());
  return launcher;
}

function assertArguments({ cell: { facts } }: Scene, launcher: Launcher): void {
  const words = argumentsOf(launcher.master("gunicorn"));
  const has = (...expected: string[]) => words.join("\0").includes(expected.join("\0"));
  assert.ok(has("--keep-alive", "75"), "gunicorn's keep-alive");
  assert.ok(has("--worker-tmp-dir", "/dev/shm"), "the folder of the workers' heartbeat");
  // The option is as old as the control socket.
  assert.equal(has("--no-control-socket"), isAtLeast(facts.gunicorn, [25, 1]));
}

/** Each of the load's four clients meets the end of either worker at most once. */
const MOST_RESET = 4 * WORKERS;

async function reloadUnderLoad(scene: Scene, launcher: Launcher): Promise<void> {
  const load = new SteadyLoad(launcher.image.port);
  await until(PATIENCE_MS, "a steady load", () => load.answered > 50);
  await reloadOnce(launcher);
  const soFar = load.answered;
  await until(PATIENCE_MS, "answers of the fresh workers", () => load.answered > soFar + 50);
  await load.stop();
  scene.count(Array.from({ length: load.answered - load.failures.length }, () => "200"));
  const { tally, cell: { facts, workerClass: { losesAtReload } } } = scene;
  if (losesAtReload === undefined || !facts.gunicorn.startsWith(losesAtReload)) {
    scene.count(load.failures);
  } else if (load.failures.length > 0) {
    const unusual = load.failures.filter((failure) => failure !== "502");
    assert.deepEqual(unusual, [], "a reload loses nothing but what is reset");
    assert.ok(load.failures.length <= MOST_RESET, `${load.failures.length} lost at a reload`);
    tally.lost += load.failures.length;
    tally.remarks.add("lost by the worker class, at a reload");
  }
}

async function reloadOnce(launcher: Launcher): Promise<void> {
  const old = launcher.workers("gunicorn");
  const imports = importsOf(launcher);
  launcher.signal("SIGHUP");
  await freshWorkers(launcher, old);
  await hasImported(launcher, imports + WORKERS);
}

async function freshWorkers(launcher: Launcher, old: readonly number[]): Promise<void> {
  await until(PATIENCE_MS, "fresh workers and no old one", () => {
    const now = launcher.workers("gunicorn");
    return now.length === WORKERS && !now.some((pid) => old.includes(pid));
  });
}

const IN_FLIGHT = 16;

/** Stops with requests in the app and uploads on their way. */
async function stopUnderLoad(scene: Scene, launcher: Launcher): Promise<void> {
  const { image } = launcher;
  const body = "x".repeat(3000);
  const answers = Array.from({ length: IN_FLIGHT }, () => [
    ask(image.port, "/invocations?sleep=0.3"),
    ask(image.port, "/invocations", { body, dribble: { pieces: 10, pauseMs: 80 } }),
  ]).flat();
  await accepted(image);
  const [outcomes] = await Promise.all([
    Promise.all(answers.map((answer, index) =>
      answer.then(
        ({ status, body: text }) =>
          text === `${index % 2 ? body.length : 0} bytes` ? `${status}` : text,
        (error: Error) => error.message,
      )
    )),
    stop(launcher),
  ]);
  scene.count(outcomes);
}

/** nginx accepts connections in order, and rejects this request itself. */
async function accepted({ port }: Image): Promise<void> {
  assert.equal((await ask(port, "no-path")).status, 400);
}

async function stop(launcher: Launcher): Promise<void> {
  launcher.signal("SIGTERM");
  assert.equal((await launcher.exit(STOP_MS)).code, 0, "the status of the stop");
}
