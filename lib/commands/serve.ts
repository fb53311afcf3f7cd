/** `tandem serve`: runs the story of `supervise` with the real clock, children, files and signals. */

import { checkNginxBeforeStart, runPreflight } from "../checks/preflight.ts";
import { formatFinding } from "../checks/rules/finding.ts";
import type { CommandTools } from "../checks/timed_command.ts";
import { checkLink } from "../checks/rules/links.ts";
import { checkNotificationFd } from "../checks/rules/places.ts";
import type { MemoryWatch } from "../host/machine/memory.ts";
import { exists, removeIfExists } from "../host/files/files.ts";
import { makeLogLinkOrSayWhy } from "../host/files/log_links.ts";
import { watchSocket } from "../host/files/socket_file.ts";
import { getStatus, isListening } from "../host/net/http.ts";
import { openNotifier } from "../host/net/notify.ts";
import { countSinkLines, openSinks, type Sinks } from "../host/output/output.ts";
import { openOrphans } from "../host/process/adopted.ts";
import { spawnChild } from "../host/process/child.ts";
import { startReaper } from "../host/process/reaper.ts";
import { listenForRealTimeSignals, listenForSignals } from "../host/process/signals.ts";
import { removeConfFolder } from "../host/state/conf_folder.ts";
import { stateFilePath } from "../host/state/file.ts";
import { identifyProcess } from "../host/state/identity.ts";
import { LockRefused } from "../host/state/instance_lock.ts";
import { monotonicClock as clock } from "../host/system/clock.ts";
import { ownPid } from "../host/system/environment.ts";
import { isInherited, raiseOpenFileLimit, setAppendOnOutputs } from "../host/system/limits.ts";
import { takeImportRequest } from "../host/state/reload_request.ts";
import { type Log, openLog } from "../log.ts";
import { type Address, describeLostSocket } from "../plan/address.ts";
import { builtInConfFolder } from "../plan/built_in_conf.ts";
import { EXIT } from "../plan/exit_codes.ts";
import { type LaunchPlan, planLaunch } from "../plan/launch_plan.ts";
import type { Invocation, Settings } from "../plan/settings.ts";
import { LAST_OUTPUT_MS } from "../plan/stop_times.ts";
import { Progress } from "../supervise/progress.ts";
import { RunRecord } from "../supervise/run_record.ts";
import { openStopRequests, type StopRequests } from "../supervise/stop_requests.ts";
import type { DeathDependencies, WorkerDeaths } from "../supervise/worker_deaths.ts";
import type { WorkerWatch } from "../supervise/worker_watch.ts";
import { supervise } from "../supervise/supervise.ts";
import { explainLock, takeSocketLock } from "./locks.ts";
import { openProgressDisplay } from "./progress_display.ts";
import { failReadiness, openRunFiles, tidyUp } from "./run_files.ts";
import { chooseOutput, openRelayFor } from "./run_output.ts";
import { warnOfLostLines } from "./sink_warnings.ts";
import type { Textfile } from "./textfile.ts";

/** @returns the exit status */
export async function serve(invocation: Invocation): Promise<number> {
  const requests = openStopRequests(clock);
  listenForSignals(requests.handlers);
  const { settings } = invocation;
  const sinks = openSinks(clock, (stream) => warnOfLostLines(stream, () => log));
  const { logLevel, logFormat } = settings;
  const log = openLog(logLevel, logFormat, (line) => sinks.stderr.say(line));
  const bare = planLaunch(invocation);
  const reaper = startReaper();
  const stopping = new AbortController();
  requests.stop.then(() => stopping.abort());
  const tools: CommandTools = { clock, reaper, signal: stopping.signal };
  try {
    const plan = await checkBeforeStart(bare, invocation, log, tools);
    return typeof plan === "number" ? plan : await run(plan, settings, log, requests, sinks, tools);
  } catch (error) {
    if (!(error instanceof LockRefused)) throw error;
    log.error("refused", formatFinding(explainLock(error, bare, settings)));
    return EXIT.configuration;
  } finally {
    reaper.close();
    await log.written();
    await sinks.stderr.flush(LAST_OUTPUT_MS);
  }
}

/**
 * Ends the pair of a killed tandem, which would be in the way.
 * @returns what to run, or the exit status if something is wrong; nothing has been started or changed then
 */
async function checkBeforeStart(
  bare: LaunchPlan,
  invocation: Invocation,
  log: Log,
  tools: CommandTools,
): Promise<LaunchPlan | number> {
  const { notificationFd } = invocation.settings;
  // The caller has to open the descriptor, so a closed one is wrong usage and not a configuration error.
  if (notificationFd !== undefined && !isInherited(notificationFd)) {
    log.error("usage", formatFinding(checkNotificationFd(notificationFd, false)));
    return EXIT.usage;
  }
  const { stateDir } = invocation.settings;
  if (exists(stateFilePath(stateDir))) {
    const { endPredecessor } = await import("../checks/predecessor.ts");
    await endPredecessor(bare, stateDir, log, tools.clock);
  }
  const { findings, plan } = await runPreflight(bare, invocation, tools);
  for (const finding of findings) {
    if (finding.result === "failed") log.error("refused", formatFinding(finding));
    if (finding.result === "warning") log.warning("preflight", formatFinding(finding));
  }
  return findings.some(({ result }) => result === "failed") ? EXIT.configuration : plan;
}

/** @throws {LockRefused} if another tandem uses the socket or the state folder; nothing has been changed then */
async function run(
  plan: LaunchPlan,
  settings: Settings,
  openedLog: Log,
  requests: StopRequests,
  sinks: Sinks,
  tools: CommandTools,
): Promise<number> {
  const { reaper } = tools;
  const self = identifyProcess(ownPid());
  using _lock = await takeSocketLock(plan.socket, self, openedLog);
  const stateFile = await openRunFiles(plan, settings, self, openedLog);
  if (stateFile === "refused") return EXIT.configuration;
  setAppendOnOutputs();
  raiseOpenFileLimit();
  const notifier = openNotifier(settings.notificationFd, clock);

  const outputPlan = chooseOutput(settings, openedLog);
  let deaths: WorkerDeaths | undefined;
  let workers: WorkerWatch | undefined;
  const relay = await openRelayFor(outputPlan, sinks, (source, bytes) => {
    deaths?.onOutput(source, bytes);
    record.onLines();
  });
  const record = new RunRecord(stateFile, plan, clock);
  const log = record.events.recordingLog(openedLog);
  const display = await openProgressDisplay(settings, outputPlan, openedLog, sinks);
  const progress = new Progress(() => record.progressText(), display, clock);
  const socket: Address = { transport: "unix", path: plan.socket };
  const ownSocket = watchSocket(plan.socket);
  const confFolder = builtInConfFolder(settings.stateDir);
  let nginxPlan = plan.nginx;
  let textfile: Promise<Textfile> | undefined;
  let memory: MemoryWatch | undefined;
  const memoryKills = () => memory?.read();
  const aboutDeaths: DeathDependencies = {
    ...{ clock, log, memoryKills },
    isServing: () => record.isServing,
    onCount: (count, reasons) => record.onWorkerDeaths(count, reasons),
  };
  if (relay) {
    const { WorkerDeaths } = await import("../supervise/worker_deaths.ts");
    record.onWorkerDeaths(0, {});
    record.onRelay(() => countSinkLines(sinks));
    deaths = new WorkerDeaths(aboutDeaths);
  }

  const status = await supervise(plan, {
    clock,
    log,
    requests,
    makeLink: makeLogLinkOrSayWhy,
    formatLinkWarning: (link, why) => formatFinding(checkLink(link, { kind: "impossible", why })),
    spawn(childPlan) {
      const child = spawnChild(childPlan, reaper, clock, relay);
      // Once gunicorn is on its way, because no start has to wait for these.
      if (childPlan.name === "gunicorn") {
        listenForRealTimeSignals(requests.handlers);
        import("../host/machine/memory.ts").then(({ openMemoryWatch }) => {
          memory = openMemoryWatch();
          record.onMemoryKills(memory.before);
        });
        if (settings.textfile !== undefined) textfile = openTextfileOf(settings.textfile);
        if (!relay) {
          import("./watch_workers.ts").then(({ watchWorkers }) => {
            workers = watchWorkers(childPlan, child.pid, aboutDeaths);
          });
        }
      }
      return child;
    },
    async checkNginx(nginx, signal) {
      const checked = await checkNginxBeforeStart({ ...plan, nginx }, { ...tools, signal });
      for (const finding of checked.warnings) log.warning("conf", formatFinding(finding));
      for (const path of checked.staleSockets) {
        removeIfExists(path);
        log.info("stale-socket", `removed ${path}, a socket that an earlier run left`);
      }
      nginxPlan = checked.plan;
      record.onListens(checked.listens);
      return checked;
    },
    async checkReload() {
      const importApp = takeImportRequest(settings.stateDir) || settings.reloadImportApp;
      const { checkReload } = await import("../checks/reload_check.ts");
      const options = { importApp, firstImport: record.firstImport };
      const checked = await checkReload({ ...plan, nginx: nginxPlan }, options, tools);
      if (checked.complaint !== undefined) return checked.complaint;
      for (const finding of checked.warnings) log.warning("reload", formatFinding(finding));
      record.onListens(checked.listens);
      return undefined;
    },
    probeApp: (signal, onConnected) =>
      getStatus(socket, plan.readyPath, signal, () => {
        record.onSocket(ownSocket.see());
        onConnected?.();
      }),
    probeThroughNginx: ({ address }) => (signal, onConnected) =>
      getStatus(address, plan.readyPath, signal, onConnected),
    finishOutput: async () => await relay?.finish(LAST_OUTPUT_MS),
    orphans: openOrphans(reaper),
    memoryKills,
    onPhase(phase, pair, timeline) {
      record.onPhase(phase, pair, timeline);
      if (phase === "serving") {
        notifier.ready();
        workers?.find();
      }
      if (phase === "draining") {
        notifier.stopping();
        failReadiness(plan, settings, log);
      }
      progress.onPhase(phase);
      textfile?.then((file) => file.update());
    },
    onEvent(event) {
      record.onEvent(event);
      if (event.kind === "forward") workers?.onForward(event.action);
      if (event.kind !== "stop" || event.cause.kind !== "stop-requested") return;
      const loss = ownSocket.loss();
      if (loss) log.warning("socket-lost", describeLostSocket(plan.socket, loss));
    },
  });

  await tidyUp(openedLog, [
    // gunicorn removes its socket itself, unless it was killed.
    [plan.socket, async () => {
      if (ownSocket.isLeft() && !await isListening(socket)) removeIfExists(plan.socket);
    }],
    [confFolder, () => plan.builtInConf && removeConfFolder(confFolder)],
    [settings.textfile ?? "", async () => (await textfile)?.close()],
    [settings.stateDir, () => record.close()],
  ]);
  return status;

  async function openTextfileOf(path: string): Promise<Textfile> {
    const { openTextfile } = await import("./textfile.ts");
    const readState = () => record.state && { ...self, ...record.state };
    return openTextfile(path, { clock, log, self, stateDir: settings.stateDir, readState });
  }
}
