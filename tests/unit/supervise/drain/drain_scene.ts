/** Drains a fake pair in virtual time. */

import type { Deadlines } from "../../../../lib/plan/launch_plan.ts";
import {
  drain,
  type DrainDependencies,
  type DrainStep,
  type Pair,
} from "../../../../lib/supervise/drain.ts";
import { FakeChild, fakeOrphans, type Manners, type Trace } from "../../support/fake_children.ts";
import { FakeClock } from "../../support/fake_clock.ts";
import { type FakeLog, fakeLog } from "../fake_log.ts";

/** Those of the default grace period. */
export const deadlines: Deadlines = { drainDelay: 0, nginx: 20_000, grace: 25_000 };

export interface DrainScene {
  clock: FakeClock;
  trace: Trace;
  log: FakeLog;
  steps: DrainStep[];
  child: <Name extends string>(name: Name, manners?: Manners) => FakeChild<Name>;
  obedientPair: () => { nginx: FakeChild<"nginx">; gunicorn: FakeChild<"gunicorn"> };
  /** The second and the third stop signal. */
  skipDelay: () => void;
  killNow: () => void;
  drain: (
    pair: Pair,
    others?: {
      deadlines?: Deadlines;
      orphans?: () => FakeChild<string>[];
      watch?: DrainDependencies["watch"];
    },
  ) => Promise<
    boolean
  >;
}

export function drainScene(): DrainScene {
  const clock = new FakeClock();
  const trace: Trace = [];
  const log = fakeLog();
  const steps: DrainStep[] = [];
  const skipDelay = Promise.withResolvers<void>();
  const killNow = Promise.withResolvers<void>();
  const child: DrainScene["child"] = (name, manners) => new FakeChild(name, clock, trace, manners);
  return {
    clock,
    trace,
    log,
    steps,
    child,
    obedientPair: () => ({
      nginx: child("nginx", obedientNginx),
      gunicorn: child("gunicorn", obedientGunicorn),
    }),
    skipDelay: skipDelay.resolve,
    killNow: killNow.resolve,
    drain(pair, { deadlines: own = deadlines, orphans = () => [], watch } = {}) {
      return drain(pair, own, {
        clock,
        log,
        orphans: fakeOrphans(orphans),
        skipDelay: skipDelay.promise,
        killNow: killNow.promise,
        watch,
        onStep: (step) => steps.push(step),
      });
    },
  };
}

export const obedientNginx: Manners = { exitsAfter: { SIGQUIT: 30, SIGTERM: 3 } };
export const obedientGunicorn: Manners = { exitsAfter: { SIGTERM: 200 } };
