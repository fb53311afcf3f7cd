/** The commands of which the sequences for `supervise` are made. */

import fc from "fast-check";
import type { ChildName } from "../../../lib/plan/launch_plan.ts";
import type { SignalName } from "../../../lib/plan/signals.ts";
import type { Manners } from "../support/fake_children.ts";
import type { SuperviseModel } from "./supervise_model.ts";
import type { Setting, Verdict, World } from "./world.ts";

/** One thing that happens to a run; afterwards everything runs that can without time passing. */
class Step implements fc.AsyncCommand<SuperviseModel, World> {
  constructor(
    private readonly text: string,
    private readonly act: (model: SuperviseModel, world: World) => void | Promise<void>,
    readonly check: (model: Readonly<SuperviseModel>) => boolean = () => true,
  ) {}

  async run(model: SuperviseModel, world: World): Promise<void> {
    await this.act(model, world);
    await world.scene.clock.settle();
    model.observe(world);
  }

  toString(): string {
    return this.text;
  }
}

const isUp = (model: Readonly<SuperviseModel>) => model.isUp;

function advance(milliseconds: number): Step {
  return new Step(`${milliseconds} ms pass`, (_, world) => world.scene.clock.advance(milliseconds));
}

export function stopBy(signal: SignalName): Step {
  return new Step(signal, (model, world) => {
    world.scene.send(signal);
    model.onStopSignal(signal, world.now);
  });
}

/** Three signals are rarely drawn one after the other, so some come together. */
function escalate(signal: SignalName, count: number, gap: number): Step {
  return new Step(`${count} times ${signal}, ${gap} ms apart`, async (model, world) => {
    for (let sent = 0; sent < count; sent++) {
      if (sent > 0) await advance(gap).run(model, world);
      await stopBy(signal).run(model, world);
    }
  });
}

/** A stop signal and an exit within one turn of the event loop; the other way round either may be the cause. */
function atOnce(child: ChildName, code: number): Step {
  return new Step(
    `SIGTERM, and at once ${child} exits with ${code}`,
    (model, world) => {
      world.scene.send("SIGTERM");
      model.onStopSignal("SIGTERM", world.now);
      world.scene.children[child]!.exit({ code, signal: null });
      model.onExit(child, code, world);
    },
    (model) => model.running.size === 2 && model.phase === "serving",
  );
}

const receivers: Partial<Record<SignalName, readonly ChildName[]>> = {
  SIGUSR1: ["nginx", "gunicorn"],
  SIGTTIN: ["gunicorn"],
  SIGTTOU: ["gunicorn"],
  SIGWINCH: [],
};

function control(signal: SignalName): Step {
  return new Step(signal, (model, world) => {
    model.forward(signal, receivers[signal]!, world.now);
    world.scene.send(signal);
  });
}

function reload(verdict: Verdict | "later"): Step {
  return new Step(`SIGHUP, whose check is ${verdict}`, (model, world) => {
    world.verdict = verdict;
    if (verdict === "good") model.forward("SIGHUP", ["nginx", "gunicorn"], world.now);
    if (verdict === "later" && model.obeys) model.pendingReloads++;
    world.scene.send("SIGHUP");
  });
}

/** What was checked before a stop is not loaded after it. */
const stopDuringCheck = new Step("SIGHUP, SIGTERM, and the check passes", async (model, world) => {
  world.verdict = "later";
  world.scene.send("SIGHUP");
  await world.scene.clock.settle();
  await stopBy("SIGTERM").run(model, world);
  model.pendingReloads = 0;
  world.finishChecks("good");
}, (model) => model.obeys && model.pendingReloads === 0);

function finishChecks(verdict: Verdict): Step {
  return new Step(
    `the open checks end: ${verdict}`,
    (model, world) => {
      for (; model.pendingReloads > 0; model.pendingReloads--) {
        if (verdict === "good") model.forward("SIGHUP", ["nginx", "gunicorn"], world.now);
      }
      world.finishChecks(verdict);
    },
    (model) => model.pendingReloads > 0,
  );
}

function crash(child: ChildName, code: number, wholeGroup: boolean): Step {
  const signal = code > 128 ? "SIGKILL" : null;
  return new Step(
    `${child}${wholeGroup ? "" : "'s master"} exits with ${code}`,
    (model, world) => {
      const found = world.scene.children[child]!;
      // In a drain it may have exited by itself.
      if (found.isGone) return;
      if (wholeGroup) found.exit({ code, signal });
      else found.exitMaster({ code, signal });
      model.onExit(child, code, world);
    },
    (model) => model.running.has(child),
  );
}

const appAnswers = new Step("the app answers", (model, world) => {
  world.appAnswers = true;
  model.appSince = world.now;
}, (model) => model.phase === "starting" && model.appSince === Infinity);

function readyPath(status: number | undefined): Step {
  return new Step(`the ready path answers ${status}`, (model, world) => {
    world.readyStatus = status;
    model.readySince = status !== 200 ? Infinity : Math.min(model.readySince, world.now);
  }, isUp);
}

function fork(manners: Manners): Step {
  return new Step(`an orphan: ${JSON.stringify(manners)}`, (model, world) => {
    // Without a process that the drain waits for there is nobody to leave an orphan behind.
    const parents = Object.values(world.scene.children).filter(({ name, isGone }) => {
      const { refuses, exitsAfter } = model.setting[name as ChildName];
      return !isGone && !refuses && exitsAfter?.SIGKILL !== "never";
    });
    if (model.isUp || parents.length) world.fork(manners);
  });
}

const milliseconds = fc.constantFrom(1, 5, 50, 99, 100, 250, 1000, 1500, 2500, 4000, 10_000);
const child = fc.constantFrom<ChildName>("nginx", "gunicorn");
const code = fc.constantFrom(0, 1, 3, 4, 78, 137);
const verdict = fc.constantFrom<Verdict>("good", "bad", "fails");

const after = (...times: (number | "never")[]) => fc.constantFrom(...times);
/** Few processes refuse signals, or are in uninterruptible sleep. */
const rarely = fc.nat(19).map((number) => number === 19);

function manners(exitsAfter: fc.Arbitrary<Manners["exitsAfter"]>): fc.Arbitrary<Manners> {
  return fc.tuple(exitsAfter, fc.nat(2), rarely, rarely).map(([exits, lost, refuses, stuck]) => ({
    exitsAfter: { ...exits, ...stuck && { SIGKILL: "never" as const } },
    loses: { SIGQUIT: lost, SIGTERM: lost },
    ...refuses && { refuses },
  }));
}

/** The odd times never add up to those of the commands, so no two events are due together. */
export const settings: fc.Arbitrary<Setting> = fc.record({
  grace: fc.constantFrom(5, 8, 25),
  drainDelay: fc.constantFrom(0, 0, 2),
  startTimeout: fc.constantFrom(0, 0, 3),
  conf: fc.constantFrom(...Array(18).fill("good"), "refused", "broken check"),
  missing: fc.constantFrom(...Array(18).fill(undefined), "nginx", "gunicorn"),
  nginx: manners(
    fc.record({ SIGQUIT: after(3, 211, 4503, "never"), SIGTERM: after(3, 607, "never") }),
  ),
  gunicorn: manners(fc.record({ SIGTERM: after(207, 2503, "never") })),
});

const orphan = manners(fc.record({ SIGTERM: after(11, 3001, "never") }));

const steps: fc.Arbitrary<Step>[] = [
  milliseconds.map(advance),
  milliseconds.map(advance),
  fc.constant(appAnswers),
  fc.constant(appAnswers),
  fc.constantFrom(200, 200, 200, 500, 302, undefined).map(readyPath),
  fc.constantFrom<SignalName>("SIGTERM", "SIGTERM", "SIGINT", "SIGQUIT").map(stopBy),
  fc.tuple(
    fc.constantFrom<SignalName>("SIGTERM", "SIGINT"),
    fc.constantFrom(2, 3, 4),
    fc.constantFrom(50, 100, 1500),
  ).map((parts) => escalate(...parts)),
  fc.constantFrom<SignalName>("SIGUSR1", "SIGTTIN", "SIGTTOU", "SIGWINCH").map(control),
  fc.constantFrom<SignalName>("SIGUSR1", "SIGTTIN", "SIGTTOU", "SIGWINCH").map(control),
  fc.oneof(verdict, fc.constant("later" as const)).map(reload),
  verdict.map(finishChecks),
  fc.constant(stopDuringCheck),
  fc.tuple(child, code, fc.boolean()).map((parts) => crash(...parts)),
  fc.tuple(child, code).map((parts) => atOnce(...parts)),
  orphan.map(fork),
];

export const sequences = fc.commands(steps, { maxCommands: 25, size: "max" });

/** Leads to a pair that serves, if the setting allows. */
export const toServing: readonly Step[] = [appAnswers, readyPath(200), advance(2500)];
