/** `tandem serve`: gives the story its real clock, children, files and signals. */

import template from "../../nginx.conf" with { type: "text" };
import { monotonicClock as clock } from "../host/system/clock.ts";
import { futureFolderAccess } from "../host/files/access.ts";
import { createFolder, removeIfExists, writeAtomically } from "../host/files/files.ts";
import { getStatus, isListening } from "../host/net/http.ts";
import { makeLogLinkOrSayWhy } from "../host/files/log_links.ts";
import { openNotifier } from "../host/net/notify.ts";
import { inspectOutputs, openSinks, type Sinks } from "../host/output/output.ts";
import { isInherited, raiseOpenFileLimit, setAppendOnOutputs } from "../host/system/limits.ts";
import { spawnChild } from "../host/process/child.ts";
import { startReaper } from "../host/process/reaper.ts";
import type { Relay } from "../host/output/relay.ts";
import { listenForSignals } from "../host/process/signals.ts";
import type { SinkEvents } from "../host/output/sink.ts";
import { openStateFile, type StateFile } from "../host/state/file.ts";
import { findAdopted } from "../host/process/adopted.ts";
import { type Log, openLog } from "../log.ts";
import { EXIT } from "../plan/exit_codes.ts";
import { type LaunchPlan, planLaunch } from "../plan/launch_plan.ts";
import { fillBuiltInConf } from "../plan/built_in_conf.ts";
import { type OutputPlan, planOutput, type RelayFormat } from "../plan/output_plan.ts";
import type { Invocation, Settings } from "../plan/settings.ts";
import { formatFinding } from "../checks/rules/finding.ts";
import { checkLink } from "../checks/rules/links.ts";
import { checkNginxBeforeStart, checkReload, runPreflight } from "../checks/preflight.ts";
import { Progress, type ProgressDisplay } from "../supervise/progress.ts";
import { openStopRequests } from "../supervise/stop_requests.ts";
import { supervise } from "../supervise/supervise.ts";
import type { RunDependencies } from "../supervise/dependencies.ts";
import { RunRecord } from "../supervise/run_record.ts";

/** For what is still on its way when both children are gone, in milliseconds. */
const LAST_WORDS_MS = 1000;

/** @returns the exit status */
export async function serve(request: Invocation): Promise<number> {
  const requests = openStopRequests(clock);
  listenForSignals(requests.handlers);
  const { settings } = request;
  const sinks = openSinks(clock, (name) => sayOf(name, () => log));
  const { logLevel, logFormat } = settings;
  const log = openLog(logLevel, logFormat, (line) => sinks.stderr.say(line));
  const plan = planLaunch(request);
  try {
    return await refusal(plan, request, log) ?? await run(plan, settings, log, requests, sinks);
  } finally {
    await log.written();
    await sinks.stderr.flush(LAST_WORDS_MS);
  }
}

/** Says what is wrong, where something is, before anything is started or changed. */
async function refusal(
  plan: LaunchPlan,
  request: Invocation,
  log: Log,
): Promise<number | undefined> {
  const { notificationFd } = request.settings;
  // A descriptor is the caller's to open, not the image's.
  if (notificationFd !== undefined && !isInherited(notificationFd)) {
    const { checkNotificationFd } = await import("../checks/rules/places.ts");
    log.error("usage", formatFinding(checkNotificationFd(notificationFd, false)));
    return EXIT.usage;
  }
  const findings = await runPreflight(plan, request);
  for (const finding of findings) {
    if (finding.result === "failed") log.error("refused", formatFinding(finding));
    if (finding.result === "warning") log.warning("preflight", formatFinding(finding));
  }
  return findings.some(({ result }) => result === "failed") ? EXIT.configuration : undefined;
}

async function run(
  plan: LaunchPlan,
  settings: Settings,
  log: Log,
  requests: RunDependencies["requests"],
  sinks: Sinks,
): Promise<number> {
  setAppendOnOutputs();
  raiseOpenFileLimit();
  const notifier = openNotifier(settings.notificationFd);
  const stateFile = tryStateFile(settings.stateDir, log);
  if (plan.builtInConf && !stateFile) return EXIT.configuration;
  if (plan.builtInConf) writeBuiltInConf(plan.builtInConf.path, settings);

  const outputPlan = planOutput(settings.logs, inspectOutputs());
  log.debug("logs", `children's output: ${inWords(outputPlan)}`);
  if (outputPlan.warning) log.warning("logs", outputPlan.warning);
  const relay = outputPlan.kind === "relay" ? await openRelay(sinks, outputPlan.format) : undefined;
  const reaper = startReaper();
  const record = new RunRecord(stateFile, plan, clock);
  const memory = record.recordingLog(log);
  requests.skipDelay.then(() => record.onSkipDelay());
  const progress = new Progress(
    () => record.progressText(),
    await displayFor(settings, outputPlan, log, sinks),
    clock,
  );
  let nginxPlan = plan.nginx;

  const status = await supervise(plan, {
    clock,
    log: memory,
    requests,
    makeLink: makeLogLinkOrSayWhy,
    linkWarning: (link, why) => formatFinding(checkLink(link, { kind: "impossible", why })),
    spawn: (childPlan) => spawnChild(childPlan, reaper, clock, relay),
    async checkNginx(nginx, signal) {
      const checked = await checkNginxBeforeStart({ ...plan, nginx }, reaper, signal);
      for (const finding of checked.warnings) memory.warning("conf", formatFinding(finding));
      nginxPlan = checked.plan;
      record.onListens(checked.listens);
      return checked;
    },
    async checkReload() {
      const conf = await checkReload(nginxPlan, reaper);
      if (conf.complaint === undefined) record.onListens(conf.listens);
      return conf.complaint;
    },
    probeApp: (signal, onConnected) =>
      getStatus({ transport: "unix", path: plan.socket }, plan.readyPath, signal, onConnected),
    probeThroughNginx: (listen) => (signal) =>
      listen
        ? getStatus(listen.address, plan.readyPath, signal)
        // No plain HTTP to be had through nginx, so the app's own word has to do.
        : getStatus({ transport: "unix", path: plan.socket }, plan.readyPath, signal),
    finishOutput: async () => await relay?.finish(LAST_WORDS_MS),
    adopted: () => findAdopted(reaper, clock),
    onPhase(phase, pair, timeline) {
      record.onPhase(phase, pair, timeline);
      if (phase === "serving") notifier.ready();
      if (phase === "draining") notifier.stopping();
      progress.onPhase(phase);
    },
    onEvent: (event) => record.onEvent(event),
  });

  // gunicorn removes its socket itself, unless it was killed.
  if (!await isListening({ transport: "unix", path: plan.socket })) removeIfExists(plan.socket);
  if (plan.builtInConf) removeIfExists(`${settings.stateDir}/nginx`, { recursive: true });
  record.close();
  reaper.close();
  return status;
}

async function openRelay(sinks: Sinks, format: RelayFormat): Promise<Relay> {
  const { openRelay } = await import("../host/output/relay.ts");
  const { formatFor } = await import("../host/output/line_formats.ts");
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

/** For a start or a drain that takes long. Lines that a relay does not carry would end up behind a live one. */
async function displayFor(
  { logLevel, logFormat }: Settings,
  outputPlan: OutputPlan,
  log: Log,
  sinks: Sinks,
): Promise<ProgressDisplay> {
  const isForPeople = logFormat === "text" && (logLevel === "debug" || logLevel === "info");
  if (outputPlan.kind === "relay" && isForPeople) {
    const { openLiveLine } = await import("../host/output/live_line.ts");
    const live = openLiveLine(sinks);
    if (live) {
      return {
        everyMs: 1000,
        show: (text) => live.show(`tandem: ${text}`),
        clear: live.clear,
      };
    }
  }
  return { everyMs: 5000, show: (text) => log.info("progress", text), clear() {} };
}

function inWords(plan: OutputPlan): string {
  return `${plan.kind === "relay" ? `relayed ${plan.format}` : "inherited"}, because ${plan.why}`;
}

function tryStateFile(folder: string, log: Log): StateFile | undefined {
  try {
    return openStateFile(folder);
  } catch (error) {
    const reason = (error as Error).message;
    // What can be foreseen, preflight has said.
    if (futureFolderAccess(folder).kind === "writable") {
      log.warning(
        "no-state-file",
        `cannot keep state in ${folder}: ${reason}: name another folder with --state-dir`,
      );
    }
    return undefined;
  }
}

function writeBuiltInConf(path: string, settings: Settings): void {
  createFolder(path.slice(0, path.lastIndexOf("/")));
  writeAtomically(path, fillBuiltInConf(template, settings));
}
