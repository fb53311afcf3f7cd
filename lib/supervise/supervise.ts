/** The story of a run: link, start, race, drain, exit. */

import type { Child } from "../host/process/child.ts";
import type { LaunchPlan } from "../plan/launch_plan.ts";
import type { ControlAction, SignalName } from "../plan/signals.ts";
import { control } from "./control.ts";
import { drain, type Pair } from "./drain.ts";
import { exitStatus } from "./exit_status.ts";
import { makeLinks } from "./links.ts";
import { checkMove, FIRST_PHASE, type Phase, phaseTable } from "./phases.ts";
import { startPair } from "./start.ts";
import { describeCause, type StopCause, toStopCause } from "./stop_cause.ts";
import { Timeline } from "./timeline.ts";
import type { RunDependencies, RunEvent } from "./dependencies.ts";

/** @returns the exit status */
export async function supervise(plan: LaunchPlan, tools: RunDependencies): Promise<number> {
  const { clock, log, requests } = tools;
  const timeline = new Timeline(clock, () => tell({ kind: "step" }));
  const pair: Pair = {};
  const starting = new AbortController();
  let phase = FIRST_PHASE;

  tools.onPhase(phase, pair, timeline);
  requests.onControl = onControl;
  await makeLinks(plan.links, tools);

  const { gunicorn, nginx, ready } = startPair(plan, pair, timeline, tools, starting.signal);

  const cause = await Promise.race([
    nginx.then(endOf),
    gunicorn.then(endOf),
    requests.stop.then((signal): StopCause => ({ kind: "stop requested", signal })),
    ready.then(serve),
  ]).catch(toStopCause);

  starting.abort();
  timeline.mark("stop");
  tell({ kind: "stop", cause });
  enter("draining");
  if (cause.kind === "defect") log.error("defect", `please report this: ${cause.trace}`);
  const weight = cause.kind === "stop requested" ? "info" : "error";
  log[weight]("stopping", `stopping: ${describeCause(cause)}`, { cause });

  const { skipDelay, killNow } = requests;
  const { adopted } = tools;
  // Only a stop that was asked for has a load balancer that looks away, and a pair that can serve on.
  const drainDelay = cause.kind === "stop requested" ? plan.deadlines.drainDelay : 0;
  const deadlines = { ...plan.deadlines, drainDelay };
  const forced = await drain(pair, deadlines, {
    clock,
    log,
    adopted,
    skipDelay,
    killNow,
  });
  await tools.finishOutput();

  const status = exitStatus(cause, forced);
  timeline.mark("exit");
  enter("stopped");
  const summary = `${describeCause(cause)}; ${timeline.describeRun()}; exit ${status}`;
  log.info("stopped", `stopped: ${summary}`, { cause, status, marks: timeline.marks });
  return status;

  /** Never settles: only an end, a request or a failed start can end the race. */
  function serve(): Promise<never> {
    enter("serving");
    const steps = timeline.describeStart();
    log.info("ready", `ready in ${timeline.marks.ready} ms (${steps})`, { marks: timeline.marks });
    return new Promise(() => {});
  }

  function enter(next: Phase): void {
    checkMove(phase, next);
    phase = next;
    tools.onPhase(phase, pair, timeline);
  }

  function tell(event: RunEvent): void {
    tools.onEvent?.(event);
  }

  function onControl(action: ControlAction, signal: SignalName): void {
    const { nginx, gunicorn } = pair;
    if (!phaseTable[phase].obeys.includes(action) || !nginx || !gunicorn) {
      return log.warning("signal-ignored", `${signal} does nothing while ${phase}`);
    }
    const { checkReload } = tools;
    const isServing = () => phaseTable[phase].obeys.includes(action);
    const onReload = (complaint: string | undefined) => tell({ kind: "reload", complaint });
    control(action, { nginx, gunicorn }, {
      log,
      checkReload,
      isServing,
      onReload,
    })
      .catch((error: Error) => log.error("control-failed", `${signal}: ${error.message}`));
  }
}

async function endOf({ name, status }: Child): Promise<StopCause> {
  return { kind: "child ended", child: name, status: await status };
}
