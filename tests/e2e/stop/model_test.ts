/**
 * Sequences of reloads, worker deaths and signals, ended by a stop or by a master's death, on the real pair: a model
 * says the phase and the exit status. `TANDEM_MODEL_RUNS` and `TANDEM_SEED` ask for more sequences and for others.
 */

import assert from "node:assert/strict";
import fc from "fast-check";
import { forEachLaunch, type Harness } from "../../support/harness.ts";
import type { Launcher } from "../../support/launcher.ts";
import { isAlive, killByPid } from "../../support/machine/process_table.ts";
import { reportProperty } from "../../support/property_report.ts";
import { RunModel } from "../../support/run_model.ts";
import { typed } from "../../support/terminal/second_shell.ts";
import { ask } from "../../support/traffic/http_client.ts";
import { SCHEDULING_MS, until } from "../../support/waiting.ts";

const RUNS = Number(Deno.env.get("TANDEM_MODEL_RUNS") ?? 1);
/** Without one of its own, each test of the gate has the same sequences every time. */
const SEED = Number(Deno.env.get("TANDEM_SEED") ?? 7);

/** So long that only a second stop signal ends the delay in time. */
const DELAY = ["--drain-delay", "60", "--grace-period", "90"];

class PairModel extends RunModel {
  workers = 1;
  isConfGood = true;
}

interface Scene {
  launcher: Launcher;
  model: PairModel;
}

const actions = {
  async SIGHUP({ launcher, model }: Scene): Promise<void> {
    const old = launcher.workers("gunicorn");
    const line = model.isConfGood ? /reloading: new nginx\.conf/ : /reload rejected/;
    await sayingOnce(launcher, line, () => launcher.signal("SIGHUP"));
    // gunicorn starts as many workers as its settings say, however many SIGTTIN has added.
    if (model.isConfGood) model.workers = 1;
    await until(SCHEDULING_MS, "the workers after SIGHUP", () => {
      const now = launcher.workers("gunicorn");
      const isFresh = now.every((pid) => !old.includes(pid));
      return now.length === model.workers && isFresh === model.isConfGood;
    });
  },
  async SIGTTIN({ launcher, model }: Scene): Promise<void> {
    await sayingOnce(launcher, /SIGTTIN: add one/, () => launcher.signal("SIGTTIN"));
    model.workers++;
  },
  async SIGTTOU({ launcher, model }: Scene): Promise<void> {
    await sayingOnce(launcher, /SIGTTOU: remove one/, () => launcher.signal("SIGTTOU"));
    // gunicorn keeps the last one.
    model.workers = Math.max(1, model.workers - 1);
  },
  async SIGUSR1({ launcher }: Scene): Promise<void> {
    await sayingOnce(launcher, /reopen their logs/, () => launcher.signal("SIGUSR1"));
  },
  async killWorker({ launcher }: Scene): Promise<void> {
    const [worker] = launcher.workers("gunicorn");
    killByPid(worker!, "SIGKILL");
    await until(SCHEDULING_MS, "the worker's end", () => !isAlive(worker!));
  },
  breakConf({ launcher, model }: Scene): void {
    launcher.image.writeConf({ locations: "no_such_directive;" });
    model.isConfGood = false;
  },
  fixConf({ launcher, model }: Scene): void {
    launcher.image.writeConf();
    model.isConfGood = true;
  },
};

type Action = keyof typeof actions;

type Ending =
  | { by: "stop"; signal: Deno.Signal; then: "SIGINT" | "SIGHUP first" | "a dead gunicorn" }
  | { by: "nginx" | "gunicorn"; signal: Deno.Signal; code: number };

const endings: Ending[] = [
  { by: "stop", signal: "SIGTERM", then: "SIGINT" },
  { by: "stop", signal: "SIGINT", then: "SIGHUP first" },
  { by: "stop", signal: "SIGQUIT", then: "a dead gunicorn" },
  { by: "nginx", signal: "SIGKILL", code: 137 },
  { by: "nginx", signal: "SIGQUIT", code: 0 },
  { by: "gunicorn", signal: "SIGKILL", code: 137 },
  { by: "gunicorn", signal: "SIGTERM", code: 0 },
];

const sequence = fc.record({
  steps: fc.array(fc.constantFrom(...Object.keys(actions) as Action[]), {
    minLength: 3,
    maxLength: 5,
  }),
  ending: fc.constantFrom(...endings),
});

async function end({ launcher, model }: Scene, ending: Ending): Promise<void> {
  if (ending.by !== "stop") {
    killByPid(launcher.master(ending.by), ending.signal);
    return model.end({ kind: "child-exited", child: ending.by, code: ending.code });
  }
  launcher.signal(ending.signal);
  model.end({ kind: "stop-requested" });
  await launcher.line(/still serving for 60 s/);
  await checkPhase({ launcher, model });
  if (ending.then === "a dead gunicorn") return killByPid(launcher.master("gunicorn"), "SIGKILL");
  if (ending.then === "SIGHUP first") {
    launcher.signal("SIGHUP");
    await launcher.line(/SIGHUP ignored while tandem is draining/);
  }
  // Another signal than the first, as an equal one within 100 ms would count as the same; of SIGQUIT only one counts.
  launcher.signal(ending.signal === "SIGINT" ? "SIGTERM" : "SIGINT");
}

async function checkPhase({ launcher, model }: Scene): Promise<void> {
  const { code, stdout } = await typed(launcher, ["status", "--json"]);
  assert.equal(code, 0, stdout);
  assert.equal(JSON.parse(stdout).phase, model.phase);
}

async function runSequence(
  harness: Harness,
  steps: readonly Action[],
  ending: Ending,
): Promise<void> {
  const launcher = await harness.start({ args: DELAY });
  const model = new PairModel();
  const scene = { launcher, model };
  await launcher.ready();
  model.phase = "serving";
  for (const step of steps) {
    await actions[step](scene);
    await until(
      SCHEDULING_MS,
      `${model.workers} workers`,
      () => launcher.workers("gunicorn").length === model.workers,
    );
    await answersOfAll(scene);
  }
  await checkPhase(scene);

  await end(scene, ending);

  const { code } = await launcher.exit(2 * SCHEDULING_MS);
  assert.equal(code, model.exitStatus(false));
  const causes = launcher.lines.filter((line) => /^tandem: (error: )?stopping: /.test(line));
  assert.equal(causes.length, 1, `one cause: ${causes.join("; ")}`);
  await launcher.assertNothingLeft();
}

/** A worker that is still booting can lose a signal. */
async function answersOfAll({ launcher: { image }, model }: Scene): Promise<void> {
  const before = image.arrived().length;
  await until(SCHEDULING_MS, `an answer of each of ${model.workers} workers`, async () => {
    const questions = Array.from(
      { length: 2 * model.workers },
      () => ask(image.port, "/invocations?sleep=0.02"),
    );
    await Promise.all(questions);
    return new Set(image.arrived().slice(before)).size === model.workers;
  });
}

/** Waits until the line has come once more than before. */
async function sayingOnce(launcher: Launcher, line: RegExp, act: () => void): Promise<void> {
  const count = () => launcher.lines.filter((one) => line.test(one)).length;
  const before = count();
  act();
  await until(SCHEDULING_MS, `one more line like ${line}`, () => count() > before);
}

let seed = SEED;
const PROMISE = "random sequences keep to the model of phases and exit statuses";

forEachLaunch(PROMISE, async (harness) => {
  const own = seed++;
  const begin = performance.now();
  let cases = 0;
  let failed = true;
  try {
    for (const { steps, ending } of fc.sample(sequence, { numRuns: RUNS, seed: own })) {
      cases++;
      await runSequence(harness, steps, ending).catch((error: Error) => {
        const what = `${steps.join(", ")}; ${JSON.stringify(ending)} (seed ${own})`;
        throw new Error(`${what}: ${error.message}`, { cause: error });
      });
    }
    failed = false;
  } finally {
    const milliseconds = Math.round(performance.now() - begin);
    const name = `pair: ${PROMISE} (${harness.edition.name}, ${harness.mode})`;
    reportProperty({ name, cases, failed, seed: own, milliseconds });
  }
});
