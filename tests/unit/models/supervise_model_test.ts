/** Sequences of start, signals, crashes, reloads and time: `supervise` does at each point what the model says. */

import assert from "node:assert/strict";
import fc from "fast-check";
import { property } from "../support/cases.ts";
import { sequences, settings, stopBy, toServing } from "./commands.ts";
import { checkTrace } from "./drain_rules.ts";
import { SuperviseModel } from "./supervise_model.ts";
import { World } from "./world.ts";

property("models: every sequence keeps to the table of phases, causes, signals and statuses", [
  settings,
  fc.constantFrom(false, true, true),
  sequences,
], async (setting, serves, commands) => {
  const model = new SuperviseModel(setting);
  const world = new World(setting);
  const { clock, trace, children } = world.scene;
  try {
    await fc.asyncModelRun(async () => {
      await clock.settle();
      model.observe(world);
      if (serves) {
        for (const step of toServing) if (step.check(model)) await step.run(model, world);
      }
      return { model, real: world };
    }, commands);
    if (model.isUp) await stopBy("SIGTERM").run(model, world);

    const status = await clock.finish(world.ended);

    model.observe(world);
    assert.equal(model.phase, "stopped");
    const forced = checkTrace(model, world);
    assert.equal(status, model.exitStatus(forced), `the exit status; forced: ${forced}`);
    const living = [...Object.values(children), ...world.orphans].filter(({ isGone }) => !isGone);
    if (!living.length) assert.equal(clock.liveTimers, 0, "no timer is left");
  } catch (error) {
    throw new Error(`${(error as Error).message}\n${trace.join("\n")}`, { cause: error });
  }
}, { cost: 2 });
