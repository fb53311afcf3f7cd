/** The story of a run: link, start, race, drain, exit. */

import type { Child } from "../host/process/child.ts";
import type { Log } from "../log.ts";
import { describeMemoryKills } from "../plan/format.ts";
import type { ChildName, Deadlines, LaunchPlan } from "../plan/launch_plan.ts";
import type { ControlAction, SignalName } from "../plan/signals.ts";
import { UNANSWERED_GRACE_MS } from "../plan/stop_times.ts";
import { control } from "./control.ts";
import type { RunDependencies, RunEvent } from "./dependencies.ts";
import { drain, type Pair } from "./drain.ts";
import { exitStatus } from "./exit_status.ts";
import { makeLinks } from "./links.ts";
import { checkMove, FIRST_PHASE, type Phase, type PhaseEvent, phaseTable } from "./phases.ts";
import { startPair } from "./start.ts";
import {
  causeFields,
  childExit,
  describeCause,
  describeStoppedByOthers,
  type StopCause,
  toStopCause,
} from "./stop_cause.ts";
import { Timeline } from "./timeline.ts";

/** @returns the exit status */
export async function supervise(plan: LaunchPlan, dependencies: RunDependencies): Promise<number> {
  const { clock, log, requests } = dependencies;
  const pair: Pair = {};
  const timeline = new Timeline(clock, () => report({ kind: "mark" }));
  let phase = FIRST_PHASE;
  dependencies.onPhase(phase, pair, timeline);
  requests.onControl = onControl;
  const starting = new AbortController();
  requests.stop.then(() => starting.abort());

  await makeLinks(plan, dependencies);

  const start = startPair(plan, pair, timeline, dependencies, starting.signal);

  const cause = await Promise.race([
    start.nginx.then(exitOf),
    start.gunicorn.then(exitOf),
    requests.stop.then((signal): StopCause => ({ kind: "stop-requested", signal })),
    start.ready.then(serve),
  ]).catch(toStopCause);

  starting.abort();
  timeline.mark("stop");
  report({ kind: "stop", cause });
  enter("draining", cause.kind);
  logCause(log, cause);

  const hasAnswered = timeline.marks.appAnswered !== undefined;
  const hadSocket = !dependencies.hasLostSocket();
  const watchMs = cause.kind === "stop-requested" && hasAnswered ? dependencies.watchMs : 0;
  let isGunicornStopping = false;
  const forced = await drain(pair, deadlinesFor(cause, plan, hasAnswered), {
    clock,
    log,
    orphans: dependencies.orphans,
    skipDelay: requests.skipDelay,
    killNow: requests.killNow,
    // gunicorn removes its socket as soon as something stops it. Where that is gone already, nginx has to tell.
    watch: { child: hadSocket ? "gunicorn" : "nginx", milliseconds: watchMs },
    onStep(step) {
      // This step begins before tandem's own signal.
      if (step === "gunicorn") isGunicornStopping = hadSocket && dependencies.hasLostSocket();
      report({ kind: "drain-step", step });
    },
  });
  await dependencies.finishOutput();

  timeline.mark("exit");
  enter("stopped", "drained");
  const stoppedByOthers = cause.kind === "stop-requested" && hasAnswered
    ? findStoppedByOthers()
    : [];
  const status = exitStatus(cause, forced && hasAnswered, stoppedByOthers.length > 0);
  const memory = dependencies.memoryKills();
  const ofMemory = memory?.kills ? `${describeMemoryKills(memory)}; ` : "";
  const byOthers = stoppedByOthers.length ? `${describeStoppedByOthers(stoppedByOthers)}; ` : "";
  const summary = `${
    describeCause(cause)
  }; ${byOthers}${ofMemory}${timeline.describeRun()}; exit ${status}`;
  log.info("stopped", `stopped: ${summary}`, {
    ...causeFields(cause),
    status,
    ...stoppedByOthers.length ? { stoppedByOthers } : {},
    ...memory?.kills ? { memoryKills: memory.kills } : {},
    marks: timeline.marks,
  });
  return status;

  function findStoppedByOthers(): ChildName[] {
    const isGunicornStopped = isGunicornStopping || pair.gunicorn?.wasStoppedByOther;
    return [
      ...pair.nginx?.wasStoppedByOther ? ["nginx" as const] : [],
      ...isGunicornStopped ? ["gunicorn" as const] : [],
    ];
  }

  /** Never settles, because the pair serves until something else settles the race. */
  function serve(): Promise<never> {
    enter("serving", "ready");
    const { marks } = timeline;
    log.info("ready", `ready in ${marks.ready} ms (${timeline.describeStart()})`, { marks });
    return new Promise(() => {});
  }

  async function exitOf({ name, status }: Child): Promise<StopCause> {
    const exited = await status;
    const hasAnswered = timeline.marks.appAnswered !== undefined;
    return childExit(name, exited, hasAnswered, () => dependencies.memoryKills()?.kills);
  }

  function enter(next: Phase, event: PhaseEvent): void {
    checkMove(phase, next, event);
    phase = next;
    dependencies.onPhase(phase, pair, timeline);
  }

  function report(event: RunEvent): void {
    dependencies.onEvent?.(event);
  }

  function onControl(action: ControlAction, signal: SignalName): void {
    const { nginx, gunicorn } = pair;
    const isServing = () => phaseTable[phase].obeys.includes(action);
    if (!isServing() || !nginx || !gunicorn) {
      return log.warning("signal-ignored", `${signal} ignored while tandem is ${phase}`);
    }
    control(action, signal, { nginx, gunicorn }, {
      ...{ clock, log },
      checkReload: dependencies.checkReload,
      isServing,
      onForward: (action) => report({ kind: "forward", action }),
      onReloading: () => report({ kind: "reloading" }),
      onReload: (complaint) => report({ kind: "reload", complaint }),
    }).catch((error: Error) => log.error("control-failed", `${signal}: ${error.message}`));
  }
}

function logCause(log: Log, cause: StopCause): void {
  if (cause.kind === "internal-error") log.error("internal-error", cause.trace);
  const level = cause.kind === "stop-requested" ? "info" : "error";
  log[level]("stopping", `stopping: ${describeCause(cause)}`, causeFields(cause));
}

/** The drain delay gives load balancers time to stop sending requests, which helps only before a requested stop. */
function deadlinesFor(
  cause: StopCause,
  { deadlines }: LaunchPlan,
  hasAnswered: boolean,
): Deadlines {
  if (!hasAnswered) {
    return { ...deadlines, grace: Math.min(deadlines.grace, UNANSWERED_GRACE_MS) };
  }
  return cause.kind === "stop-requested" ? deadlines : { ...deadlines, drainDelay: 0 };
}
