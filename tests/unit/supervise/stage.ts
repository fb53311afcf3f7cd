/** A fake machine for a run: its time, children, conf check, app and client. */

import { formatFinding } from "../../../lib/checks/rules/finding.ts";
import { checkLink } from "../../../lib/checks/rules/links.ts";
import type { Listen } from "../../../lib/nginx/directives.ts";
import { SpawnError } from "../../../lib/host/process/child.ts";
import { type ChildName, type LaunchPlan, planLaunch } from "../../../lib/plan/launch_plan.ts";
import { type SignalName, signalTable } from "../../../lib/plan/signals.ts";
import { openStopRequests } from "../../../lib/supervise/stop_requests.ts";
import { supervise } from "../../../lib/supervise/supervise.ts";
import type { CheckedNginx, RunDependencies } from "../../../lib/supervise/dependencies.ts";
import { FakeChild, type Manners, noOrphans, type Trace } from "../support/fake_children.ts";
import { FakeClock } from "../support/fake_clock.ts";
import { invocationFor } from "../support/invocation_for.ts";
import { type FakeLog, fakeLog } from "./fake_log.ts";

/** How the machine behaves; by default everything succeeds. Times are milliseconds. */
export interface Script {
  /** Flags of tandem. */
  args?: string[];
  gunicorn?: Manners;
  nginx?: Manners;
  /** From gunicorn's start to the app's first answer. */
  appAnswersAfter?: number;
  /** How long nginx takes to check its conf, and the result. */
  confCheckTakes?: number;
  checkConf?: () => CheckedNginx;
  /** The status of the ready path this long after nginx's start; `undefined`: connection refused. */
  readyAnswer?: (afterStart: number) => number | undefined;
  /** Which child cannot be spawned, and with what error. */
  spawnError?: { child: ChildName; error: Error };
  linkError?: Error;
  findConfComplaint?: RunDependencies["checkReload"];
  dependencies?: Partial<RunDependencies>;
}

export const plainListen: Listen = {
  text: "8080",
  address: { transport: "tcp", hostname: "127.0.0.1", port: 8080 },
  plainHttp: true,
};

export interface Stage {
  clock: FakeClock;
  trace: Trace;
  log: FakeLog;
  plan: LaunchPlan;
  /** Those spawned so far. */
  children: { gunicorn?: FakeChild; nginx?: FakeChild };
  /** Sends tandem a signal. */
  send: (signal: SignalName) => void;
  /** @returns the exit status */
  run: () => Promise<number>;
}

export const missing = (child: ChildName) => ({
  child,
  error: new SpawnError(`Cannot start ${child}: no such file`),
});

export function stage(script: Script = {}): Stage {
  const clock = new FakeClock();
  const trace: Trace = [];
  const note = (event: string) => void trace.push(`${clock.now()}: ${event}`);
  const log = fakeLog();
  const plan = planLaunch(invocationFor(script.args ?? []));
  const requests = openStopRequests(clock);
  const children: Stage["children"] = {};
  const startedAt: Partial<Record<ChildName, number>> = {};
  const {
    appAnswersAfter = 250,
    confCheckTakes = 6,
    readyAnswer = (afterStart) => afterStart >= 1 ? 200 : undefined,
    checkConf = () => ({ plan: plan.nginx, plainListens: [plainListen] }),
  } = script;
  const since = (child: ChildName) => clock.now() - (startedAt[child] ?? Infinity);
  const manners: Record<ChildName, Manners> = {
    gunicorn: script.gunicorn ?? { exitsAfter: { SIGTERM: 200 } },
    nginx: script.nginx ?? { exitsAfter: { SIGQUIT: 4, SIGTERM: 3 } },
  };

  const dependencies: RunDependencies = {
    clock,
    log,
    requests,
    formatLinkWarning: (link, why) => formatFinding(checkLink(link, { kind: "impossible", why })),
    makeLink({ path }) {
      if (script.linkError) return Promise.reject(script.linkError);
      note(`${path} linked`);
      return Promise.resolve("made");
    },
    spawn({ name }) {
      if (script.spawnError?.child === name) throw script.spawnError.error;
      note(`${name} started`);
      startedAt[name] = clock.now();
      return children[name] = new FakeChild(name, clock, trace, manners[name]);
    },
    async checkNginx(_, signal) {
      await clock.sleep(confCheckTakes, signal);
      note("conf checked");
      return checkConf();
    },
    checkReload: script.findConfComplaint ?? (() => Promise.resolve(undefined)),
    probeApp(_, onConnected = () => {}) {
      if (since("gunicorn") < appAnswersAfter) return refusedConnection();
      onConnected();
      return Promise.resolve(404);
    },
    finishOutput: () => Promise.resolve(),
    probeThroughNginx: () => () => {
      const status = readyAnswer(since("nginx"));
      return status === undefined ? refusedConnection() : Promise.resolve(status);
    },
    orphans: noOrphans,
    watchMs: 0,
    hasLostSocket: () => false,
    memoryKills: () => undefined,
    onPhase: (phase) => note(phase),
    ...script.dependencies,
  };

  return {
    clock,
    trace,
    log,
    plan,
    children,
    send(signal) {
      const action = signalTable.find(({ signals }) => signals.includes(signal))!.action;
      if (action !== "ignore") requests.handlers[action](signal);
    },
    run: () => supervise(plan, dependencies),
  };
}

function refusedConnection(): Promise<never> {
  return Promise.reject(new Error("connection refused"));
}
