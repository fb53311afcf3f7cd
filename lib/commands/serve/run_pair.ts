/** Runs the story of `supervise` with the real clock, children, files and signals. */

import { checkNginxBeforeStart } from "../../checks/nginx_start_check.ts";
import { formatFinding } from "../../checks/rules/finding.ts";
import type { CommandTools } from "../../checks/timed_command.ts";
import { checkLink } from "../../checks/rules/links.ts";
import { type MemoryWatch, openMemoryWatch } from "../../host/machine/memory.ts";
import { removeIfExists } from "../../host/files/files.ts";
import { makeLogLinkOrSayWhy } from "../../host/files/log_links.ts";
import { getStatus, isListening } from "../../host/net/http.ts";
import { countSinkLines, type Sinks } from "../../host/output/output.ts";
import { openOrphans } from "../../host/process/adopted.ts";
import { removeConfFolder } from "../../host/state/conf_folder.ts";
import { monotonicClock as clock } from "../../host/system/clock.ts";
import { environmentVariable } from "../../host/system/environment.ts";
import { takeImportRequest } from "../../host/state/reload_request.ts";
import { type Log } from "../../log.ts";
import { type Address, describeLostSocket } from "../../plan/address.ts";
import { builtInConfFolder } from "../../plan/built_in_conf.ts";
import { type LaunchPlan } from "../../plan/launch_plan.ts";
import { FIXED_STOP_VARIABLES } from "../../plan/platforms.ts";
import type { Settings } from "../../plan/settings.ts";
import { LAST_OUTPUT_MS } from "../../plan/stop_times.ts";
import { Progress } from "../../supervise/progress.ts";
import { RunRecord } from "../../supervise/run_record.ts";
import { Refusal } from "../../supervise/stop_cause.ts";
import { type StopRequests } from "../../supervise/stop_requests.ts";
import type { SystemdNotifier } from "../../supervise/systemd/systemd_notifier.ts";
import { type DeathDependencies, WorkerDeaths } from "../../supervise/worker_deaths.ts";
import type { WorkerWatch } from "../../supervise/worker_watch.ts";
import { supervise } from "../../supervise/supervise.ts";
import type { Launch } from "./launch.ts";
import { failReadiness } from "./own_conf.ts";
import { openProgressDisplay } from "./progress_display.ts";
import { tidyUp } from "./run_files.ts";
import { openRelayFor } from "./run_output.ts";
import type { Textfile } from "./textfile.ts";
import { watchWorkers } from "./watch_workers.ts";

/**
 * systemd may signal all processes of a service at once, where only tandem should be. 3 ms after SIGTERM gunicorn has
 * removed its socket, or nginx has exited; the rest is for a busy machine.
 */
const WATCH_MS = 50;
/** By then the code that only the change to serving needs has run. */
const SETTLED_MS = 1000;

/** @returns the exit status */
export async function runPair(
  plan: LaunchPlan,
  settings: Settings,
  openedLog: Log,
  requests: StopRequests,
  sinks: Sinks,
  tools: CommandTools,
  launch: Launch,
): Promise<number> {
  const { self, stateFile, usesConfFolder, notifyRequest, outputPlan, ownSocket } = launch;
  const confFolder = builtInConfFolder(settings.stateDir);
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
  let nginxPlan = plan.nginx;
  let textfile: Promise<Textfile> | undefined;
  let systemd: Promise<SystemdNotifier> | undefined;
  let memory: MemoryWatch | undefined;
  const memoryKills = () => memory?.read();
  const aboutDeaths: DeathDependencies = {
    ...{ clock, log, memoryKills },
    isServing: () => record.isServing,
    onCount: (count, reasons) => record.onWorkerDeaths(count, reasons),
  };
  if (relay) {
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
    isGunicornStarted: launch.isGunicornStarted,
    spawn(childPlan) {
      const child = launch.spawn(childPlan);
      if (relay) child.relayTo(relay);
      if (childPlan.name === "nginx" && environmentVariable("INVOCATION_ID")) {
        import("../../checks/kill_mode.ts").then(({ warnOfKillMode }) => warnOfKillMode(log));
      }
      // Once gunicorn is on its way, because no start has to wait for these.
      if (childPlan.name === "gunicorn") {
        memory = openMemoryWatch();
        record.onMemoryKills(memory.before);
        if (settings.textfile !== undefined) textfile = openTextfileOf(settings.textfile);
        if (notifyRequest) {
          systemd = import("../../supervise/systemd/notify_systemd.ts").then((
            { openSystemdNotifier },
          ) => openSystemdNotifier(notifyRequest, plan, record, { clock, log }));
        }
        if (!relay) workers = watchWorkers(childPlan, child.pid, aboutDeaths);
      }
      return child;
    },
    async checkNginx(nginx, signal) {
      if (FIXED_STOP_VARIABLES.some((name) => environmentVariable(name))) {
        const { warnOfShortStop } = await import("../../checks/short_stop.ts");
        const short = warnOfShortStop(plan);
        if (short) log.warning("preflight", formatFinding(short));
      }
      const checked = await checkNginxBeforeStart({ ...plan, nginx }, { ...tools, signal });
      if (checked.kind === "refused") throw new Refusal(checked.complaint);
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
      const { checkReload } = await import("../../checks/reload_check.ts");
      const options = { importApp, firstImport: record.firstImport };
      const checked = await checkReload({ ...plan, nginx: nginxPlan }, options, tools);
      if (checked.complaint !== undefined) return checked.complaint;
      if (tools.signal?.aborted) return undefined;
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
    orphans: openOrphans(tools.reaper),
    watchMs: environmentVariable("INVOCATION_ID") ? WATCH_MS : 0,
    hasLostSocket: () => ownSocket.loss() !== undefined,
    memoryKills,
    onPhase(phase, pair, timeline) {
      record.onPhase(phase, pair, timeline);
      if (phase === "serving") {
        launch.notifyReady();
        // Serving goes on without the saving too. Late: at an import() the slim edition also unmaps its bytecode.
        clock.sleep(SETTLED_MS).then(async () => {
          (await import("../../host/system/unused_memory.ts")).giveBackUnusedMemory();
        }).catch(() => {});
        workers?.find();
      }
      if (phase === "draining" && usesConfFolder) failReadiness(settings, log);
      systemd?.then((notifier) => notifier.onPhase(phase));
      progress.onPhase(phase);
      textfile?.then((file) => file.update());
    },
    onEvent(event) {
      record.onEvent(event);
      systemd?.then((notifier) => notifier.onEvent(event));
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
    [confFolder, () => usesConfFolder && removeConfFolder(confFolder)],
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
