/** A pair to be drained, in virtual time. */

import type { Deadlines } from "../../../lib/plan/launch_plan.ts";
import { drain, type DrainDependencies, type Pair } from "../../../lib/supervise/drain.ts";
import { FakeChild, type Manners, type Trace } from "../support/fake_children.ts";
import { FakeClock } from "../support/fake_clock.ts";
import { type FakeLog, fakeLog } from "./fake_log.ts";

/** Those of the default grace period. */
export const deadlines: Deadlines = { drainDelay: 0, nginx: 20_000, kill: 25_000 };

export interface DrainScene {
  clock: FakeClock;
  trace: Trace;
  log: FakeLog;
  child: <Name extends string>(name: Name, manners?: Manners) => FakeChild<Name>;
  obedientPair: () => { nginx: FakeChild<"nginx">; gunicorn: FakeChild<"gunicorn"> };
  /** A second and a third stop signal. */
  skipDelay: () => void;
  killNow: () => void;
  drain: (pair: Pair, others?: { deadlines?: Deadlines; adopted?: FakeChild<string> }) => Promise<
    boolean
  >;
}

export function drainScene(): DrainScene {
  const clock = new FakeClock();
  const trace: Trace = [];
  const log = fakeLog();
  const skipDelay = Promise.withResolvers<void>();
  const killNow = Promise.withResolvers<void>();
  const child: DrainScene["child"] = (name, manners) => new FakeChild(name, clock, trace, manners);
  return {
    clock,
    trace,
    log,
    child,
    obedientPair: () => ({
      nginx: child("nginx", obedientNginx),
      gunicorn: child("gunicorn", obedientGunicorn),
    }),
    skipDelay: skipDelay.resolve,
    killNow: killNow.resolve,
    drain(pair, { deadlines: own = deadlines, adopted } = {}) {
      const tools: DrainDependencies = {
        clock,
        log,
        adopted: () => adopted,
        skipDelay: skipDelay.promise,
        killNow: killNow.promise,
      };
      return drain(pair, own, tools);
    },
  };
}

export const obedientNginx: Manners = { endsAfter: { SIGQUIT: 30, SIGTERM: 3 } };
export const obedientGunicorn: Manners = { endsAfter: { SIGTERM: 200 } };
