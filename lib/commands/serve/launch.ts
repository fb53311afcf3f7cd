/** Starts gunicorn: from here on the app imports, while tandem loads the rest of itself. */

import type { CommandTools } from "../../checks/timed_command.ts";
import { type SocketWatch, watchSocket } from "../../host/files/socket_file.ts";
import {
  type NotifyRequest,
  openNotificationFd,
  readNotifyRequest,
} from "../../host/net/notify.ts";
import { spawnChild, type StartedChild } from "../../host/process/child.ts";
import { listenForRealTimeSignals } from "../../host/process/signals.ts";
import { namesConfFolder } from "../../host/state/conf_folder.ts";
import type { StateFile } from "../../host/state/file.ts";
import type { ProcessIdentity } from "../../host/state/schema.ts";
import { monotonicClock as clock } from "../../host/system/clock.ts";
import { raiseOpenFileLimit, setAppendOnOutputs } from "../../host/system/limits.ts";
import type { Log } from "../../log.ts";
import { builtInConfFolder } from "../../plan/built_in_conf.ts";
import type { ChildPlan, LaunchPlan } from "../../plan/launch_plan.ts";
import type { OutputPlan } from "../../plan/output_plan.ts";
import type { Settings } from "../../plan/settings.ts";
import type { StopRequests } from "../../supervise/stop_requests.ts";
import { openRunFiles } from "./run_files.ts";
import { chooseOutput } from "./run_output.ts";

/** A run whose gunicorn has been started, unless a stop came first; disposing of it kills what is left of gunicorn. */
export interface Launch extends Disposable {
  self: ProcessIdentity;
  /** `undefined` if the pair serves without one. */
  stateFile: StateFile | undefined;
  /** Whether nginx runs with the built-in conf or with a copy of it, which names the same folder. */
  usesConfFolder: boolean;
  notifyReady: () => void;
  notifyRequest: NotifyRequest | undefined;
  outputPlan: OutputPlan;
  ownSocket: SocketWatch;
  isGunicornStarted: boolean;
  /**
   * Hands gunicorn over, or starts another child.
   * @throws {SpawnError}
   */
  spawn(plan: ChildPlan): StartedChild;
}

/**
 * @returns `undefined` if the run was refused; nothing has been started then
 * @throws {LockRefused} if another tandem uses the state folder; nothing has been started then
 */
export async function launchGunicorn(
  plan: LaunchPlan,
  settings: Settings,
  log: Log,
  self: ProcessIdentity,
  requests: StopRequests,
  { reaper, signal }: CommandTools,
): Promise<Launch | undefined> {
  const usesConfFolder = plan.builtInConf !== undefined ||
    namesConfFolder(plan.nginx.args[1]!, builtInConfFolder(settings.stateDir));
  const stateFile = await openRunFiles(settings, self, log, usesConfFolder);
  if (stateFile === "refused") return undefined;
  raiseOpenFileLimit();
  const notifyReady = openNotificationFd(settings.notificationFd);
  const notifyRequest = readNotifyRequest();
  const outputPlan = chooseOutput(settings, log);
  const ownSocket = watchSocket(plan.socket);
  const start = (child: ChildPlan) => spawnChild(child, reaper, clock, outputPlan.kind === "relay");

  let gunicorn: StartedChild | undefined;
  try {
    if (!signal?.aborted) gunicorn = start(plan.gunicorn);
  } catch {
    // `spawn` tries it again when it is asked for, and tells why it fails.
  }
  listenForRealTimeSignals(requests.handlers);
  setAppendOnOutputs();
  return {
    ...{ self, stateFile, usesConfFolder, notifyReady, notifyRequest, outputPlan, ownSocket },
    isGunicornStarted: gunicorn !== undefined,
    spawn: (child) => child === plan.gunicorn && gunicorn || start(child),
    [Symbol.dispose]: () => void gunicorn?.signalGroup("SIGKILL"),
  };
}
