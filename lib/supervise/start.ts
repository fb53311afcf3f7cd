/** Brings the pair up: gunicorn, then nginx once the app answers, so that no client ever meets half of it. */

import type { Child } from "../host/process/child.ts";
import type { ChildPlan, LaunchPlan } from "../plan/launch_plan.ts";
import type { Pair } from "./drain.ts";
import { pollUntilAccepted, type Probe } from "./readiness.ts";
import { NotReadyInTime } from "./stop_cause.ts";
import type { Timeline } from "./timeline.ts";
import type { CheckedNginx, RunDependencies } from "./dependencies.ts";

/** Each promise rejects with what kept its event from happening. */
export interface PairStart {
  gunicorn: Promise<Child>;
  nginx: Promise<Child>;
  /** The ready path answered 200 through nginx. */
  ready: Promise<void>;
}

/** Fills in the pair as its children come to be; after an abort no more do. */
export function startPair(
  plan: LaunchPlan,
  pair: Pair,
  timeline: Timeline,
  tools: RunDependencies,
  signal: AbortSignal,
): PairStart {
  const { clock, log } = tools;

  const gunicorn = attempt(() => pair.gunicorn = spawn(plan.gunicorn));
  // nginx's own look at its conf costs nothing here: the app takes longer to import.
  const checked = gunicorn.then(() => tools.checkNginx(plan.nginx, signal));
  const nginx = Promise.all([checked, gunicorn.then(appAnswers)]).then(([{ plan }]) => {
    signal.throwIfAborted();
    return pair.nginx = spawn(plan);
  });
  const ready = Promise.all([checked, nginx]).then(([{ plainListen }]) => isReady(plainListen));
  return { gunicorn, nginx, ready: Promise.race([ready, deadline()]) };

  function spawn(childPlan: ChildPlan): Child {
    const { name } = childPlan;
    const child = tools.spawn(childPlan);
    timeline.mark(`${name} started`);
    child.gone.then(() => timeline.mark(`${name} gone`));
    log.debug("started", `${name} started (pid ${child.pid})`, { child: name, pid: child.pid });
    return child;
  }

  async function appAnswers(): Promise<void> {
    // Any status will do: the app speaks, and what it says is its own affair.
    const onConnected = () => timeline.mark("socket made");
    const probe: Probe = (signal) => tools.probeApp(signal, onConnected);
    await pollUntilAccepted({ probe, accept: () => true }, clock, signal);
    timeline.mark("app answered");
  }

  async function isReady(listen: CheckedNginx["plainListen"]): Promise<void> {
    let refused: number | undefined;
    await pollUntilAccepted(
      {
        probe: tools.probeThroughNginx(listen),
        accept: (status) => status === 200,
        onRefused(status) {
          if (status === refused) return;
          refused = status;
          log.warning("not-ready", `not ready: GET ${plan.readyPath} answers ${status}`, {
            status,
          });
        },
      },
      clock,
      signal,
    );
    timeline.mark("ready");
  }

  async function deadline(): Promise<never> {
    if (plan.startTimeout === 0) return new Promise(() => {});
    await clock.sleep(plan.startTimeout, signal);
    throw new NotReadyInTime(plan.startTimeout);
  }
}

/** What it throws becomes the promise's. */
function attempt<T>(action: () => T): Promise<T> {
  return new Promise((resolve) => resolve(action()));
}
