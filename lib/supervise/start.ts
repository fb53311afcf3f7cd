/** Starts gunicorn, then nginx once the app answers, so no client ever gets a 502. */

import type { Child } from "../host/process/child.ts";
import type { ChildPlan, LaunchPlan } from "../plan/launch_plan.ts";
import type { Pair } from "./drain.ts";
import { pollUntilAccepted, type Probe } from "./readiness.ts";
import { untilReady } from "./ready_path.ts";
import { NotReadyInTime } from "./stop_cause.ts";
import type { Timeline } from "./timeline.ts";
import type { CheckedNginx, RunDependencies } from "./dependencies.ts";

/** Each promise rejects with the reason if its event does not happen. */
export interface PairStart {
  gunicorn: Promise<Child>;
  nginx: Promise<Child>;
  /** The ready path answered 200 through nginx. */
  ready: Promise<void>;
}

/** Puts each child into `pair` when it starts; after an abort none is started. */
export function startPair(
  plan: LaunchPlan,
  pair: Pair,
  timeline: Timeline,
  dependencies: RunDependencies,
  signal: AbortSignal,
): PairStart {
  const { clock, log } = dependencies;

  // The stop decides the race then, which it could not win from a rejection.
  const gunicorn = signal.aborted && !dependencies.isGunicornStarted
    ? new Promise<never>(() => {})
    : attempt(() => pair.gunicorn = spawn(plan.gunicorn));
  // The app takes longer to import than nginx to check its conf, so the check delays nothing.
  const checked = gunicorn.then(() => {
    signal.throwIfAborted();
    return dependencies.checkNginx(plan.nginx, signal);
  });
  const nginx = Promise.all([checked, gunicorn.then(appAnswers)]).then(([{ plan }]) => {
    signal.throwIfAborted();
    return pair.nginx = spawn(plan);
  });
  const ready = Promise.all([checked, nginx]).then(([{ plainListens }]) => isReady(plainListens));
  return { gunicorn, nginx, ready: Promise.race([ready, deadline()]) };

  function spawn(childPlan: ChildPlan): Child {
    const { name } = childPlan;
    const child = dependencies.spawn(childPlan);
    timeline.mark(`${name}Started`, child.startedAt);
    child.gone.then(() => timeline.mark(`${name}Gone`));
    log.debug("started", `${name} started (pid ${child.pid})`, { child: name, pid: child.pid });
    return child;
  }

  async function appAnswers(): Promise<void> {
    const onConnected = () => timeline.mark("socketMade");
    const probe: Probe = (signal) => dependencies.probeApp(signal, onConnected);
    // Any status: an app without this path has started too.
    await pollUntilAccepted({ probe, accept: () => true, onUnanswered }, clock, signal);
    timeline.mark("appAnswered");
  }

  async function isReady(listens: CheckedNginx["plainListens"]): Promise<void> {
    const { probeThroughNginx: probeListen, probeApp } = dependencies;
    const { readyPath } = plan;
    let lastStatus: number | undefined;
    const probes = { listens, probeListen, probeApp, onRefused, onUnanswered };
    const listen = await untilReady(probes, clock, signal);
    timeline.mark("ready");
    dependencies.onEvent?.({ kind: "ready", listen });
    if (!listen && listens.length) {
      const texts = listens.map(({ text }) => text).join(", ");
      log.warning(
        "ready-by-app",
        `nginx does not answer GET ${readyPath} itself on ${texts}, so the app's own 200 counts as ready: ` +
          `pass ${readyPath} to the app on an address without TLS or redirect`,
      );
    }

    function onRefused(status: number): void {
      if (status === lastStatus) return;
      lastStatus = status;
      dependencies.onEvent?.({ kind: "not-ready", status });
      log.warning("not-ready", `not ready: GET ${readyPath} answers ${status}`, { status });
    }
  }

  function onUnanswered(milliseconds: number): void {
    dependencies.onEvent?.({ kind: "unanswered", milliseconds });
  }

  async function deadline(): Promise<never> {
    if (plan.startTimeout === 0) return new Promise(() => {});
    await clock.sleep(plan.startTimeout, signal);
    throw new NotReadyInTime(plan.startTimeout);
  }
}

/** Rejects with what `action` throws. */
function attempt<T>(action: () => T): Promise<T> {
  return new Promise((resolve) => resolve(action()));
}
