/** `tandem serve`: gives the story its real clock, children, files and signals. */

import template from "../../nginx.conf" with { type: "text" };
import { version } from "../build_info.ts";
import { monotonicClock as clock } from "../host/clock.ts";
import { makeFolder, removeIfThere, writeWhole } from "../host/files.ts";
import { getStatus, isListening } from "../host/http.ts";
import { makeLogLink } from "../host/log_links.ts";
import { openNotifier } from "../host/notify.ts";
import { lookAtOutputs, openSinks, type Sinks } from "../host/output.ts";
import { appendToOutputs, isInherited, raiseOpenFileLimit } from "../host/process_limits.ts";
import { spawnChild } from "../host/processes.ts";
import { startReaper } from "../host/reaper.ts";
import type { Relay } from "../host/relay.ts";
import { listenForSignals } from "../host/signals.ts";
import type { SinkEvents } from "../host/sink.ts";
import { openStateFile, type StateFile } from "../host/state_file.ts";
import { findStrays } from "../host/strays.ts";
import { type Log, openLog } from "../log.ts";
import { EXIT } from "../plan/exit_codes.ts";
import { type LaunchPlan, planLaunch } from "../plan/launch_plan.ts";
import { fillBuiltInConf } from "../plan/nginx_config.ts";
import { type OutputPlan, planOutput, type RelayFormat } from "../plan/output_plan.ts";
import type { Request, Settings } from "../plan/settings.ts";
import { checkNginx, findConfComplaint, findProblems } from "../supervise/preflight.ts";
import { openRequests } from "../supervise/requests.ts";
import { supervise } from "../supervise/supervise.ts";
import type { Tools } from "../supervise/tools.ts";

/** For what is still on its way when both children are gone, in milliseconds. */
const LAST_WORDS_MS = 1000;

/** @returns the exit status */
export async function serve(request: Request): Promise<number> {
  const requests = openRequests(clock);
  listenForSignals(requests.handlers);
  const { settings } = request;
  const sinks = openSinks(clock, (name) => sayOf(name, () => log));
  const { logLevel, logFormat } = settings;
  const log = openLog(logLevel, logFormat, (line) => sinks.stderr.say(line));
  const plan = planLaunch(request);
  try {
    return await refusal(plan, settings, log) ?? await run(plan, settings, log, requests, sinks);
  } finally {
    await log.written();
    await sinks.stderr.flush(LAST_WORDS_MS);
  }
}

/** Says what is wrong, where something is, before anything is started or changed. */
async function refusal(
  plan: LaunchPlan,
  settings: Settings,
  log: Log,
): Promise<number | undefined> {
  const { notificationFd } = settings;
  if (notificationFd !== undefined && !isInherited(notificationFd)) {
    log.error("usage", `--notification-fd: descriptor ${notificationFd} is not open`);
    return EXIT.usage;
  }
  const problems = await findProblems(plan, settings.stateDir);
  for (const problem of problems) log.error("refused", problem);
  return problems.length ? EXIT.configuration : undefined;
}

async function run(
  plan: LaunchPlan,
  settings: Settings,
  log: Log,
  requests: Tools["requests"],
  sinks: Sinks,
): Promise<number> {
  appendToOutputs();
  raiseOpenFileLimit();
  const notifier = openNotifier(settings.notificationFd);
  const stateFile = tryStateFile(settings.stateDir, log);
  if (plan.builtInConf && !stateFile) return EXIT.configuration;
  if (plan.builtInConf) writeBuiltInConf(plan.builtInConf.path, settings);

  const outputPlan = planOutput(settings.logs, lookAtOutputs());
  log.debug("logs", `children's output: ${inWords(outputPlan)}`);
  if (outputPlan.warning) log.warning("logs", outputPlan.warning);
  const relay = outputPlan.kind === "relay" ? await openRelay(sinks, outputPlan.format) : undefined;
  const reaper = startReaper();
  const startedAt = new Date().toISOString();
  let nginxPlan = plan.nginx;

  const status = await supervise(plan, {
    clock,
    log,
    requests,
    makeLink: makeLogLink,
    spawn: (childPlan) => spawnChild(childPlan, reaper, clock, relay),
    async checkNginx(nginx, signal) {
      const checked = await checkNginx(nginx, reaper, signal);
      nginxPlan = checked.plan;
      return checked;
    },
    findConfComplaint: () => findConfComplaint(nginxPlan, reaper),
    askApp: (signal) => getStatus({ transport: "unix", path: plan.socket }, plan.readyPath, signal),
    askThroughNginx: (listen) => (signal) =>
      listen
        ? getStatus(listen.address, plan.readyPath, signal)
        // No plain HTTP to be had through nginx, so the app's own word has to do.
        : getStatus({ transport: "unix", path: plan.socket }, plan.readyPath, signal),
    finishOutput: async () => await relay?.finish(LAST_WORDS_MS),
    strays: () => findStrays(reaper, clock),
    onPhase(phase, { nginx, gunicorn }, { marks }) {
      stateFile?.write({
        version,
        phase,
        startedAt,
        nginx: nginx?.pid,
        gunicorn: gunicorn?.pid,
        timeline: marks,
      });
      if (phase === "serving") notifier.ready();
      if (phase === "draining") notifier.stopping();
    },
  });

  // gunicorn removes its socket itself, unless it was killed.
  if (!await isListening({ transport: "unix", path: plan.socket })) removeIfThere(plan.socket);
  if (plan.builtInConf) removeIfThere(`${settings.stateDir}/nginx`, { recursive: true });
  stateFile?.remove();
  reaper.close();
  return status;
}

async function openRelay(sinks: Sinks, format: RelayFormat): Promise<Relay> {
  const { openRelay } = await import("../host/relay.ts");
  const { formatFor } = await import("../host/line_formats.ts");
  return openRelay(sinks, formatFor(format), clock);
}

/** @param log made only after the sink that it writes to */
function sayOf(stream: string, log: () => Log): SinkEvents {
  return {
    onMoving(count) {
      const message = `nobody read ${stream} for a while: ${count} lines dropped`;
      log().warning("lines-dropped", message, { stream, count });
    },
    onLost(count) {
      const message = `nobody read ${stream} to its end: ${count} lines lost`;
      log().warning("lines-lost", message, { stream, count });
    },
    onClosed(reason) {
      const message = `${stream} was closed by its reader (${reason}): serving on without it`;
      log().warning("output-closed", message, { stream });
    },
  };
}

function inWords(plan: OutputPlan): string {
  return `${plan.kind === "relay" ? `relayed ${plan.format}` : "inherited"}, because ${plan.why}`;
}

function tryStateFile(folder: string, log: Log): StateFile | undefined {
  try {
    return openStateFile(folder);
  } catch (error) {
    const reason = (error as Error).message;
    log.warning(
      "no-state-file",
      `cannot keep state in ${folder}: ${reason}; --state-dir names another`,
    );
    return undefined;
  }
}

function writeBuiltInConf(path: string, settings: Settings): void {
  makeFolder(path.slice(0, path.lastIndexOf("/")));
  writeWhole(path, fillBuiltInConf(template, settings));
}
