/** The quick rules that `serve` and `check` both run before anything starts: no process, no change. */

import { canRead, isDirectory, isRegularFile, parentOf } from "../host/files/files.ts";
import { folderAccess, socketFileState, type SocketState } from "../host/files/access.ts";
import { isListening } from "../host/net/http.ts";
import { findExecutable } from "../host/process/executable.ts";
import { inspectStateFolder } from "../host/state/folder.ts";
import {
  lockHolder,
  lockState,
  socketLockPath,
  stateLockPath,
} from "../host/state/instance_lock.ts";
import { isInherited } from "../host/system/limits.ts";
import type { ChildName, LaunchPlan } from "../plan/launch_plan.ts";
import type { Invocation } from "../plan/settings.ts";
import type { OwnPair } from "./own_pair.ts";
import { checkExecutable, type VersionResult } from "./rules/executables.ts";
import type { Finding } from "./rules/finding.ts";
import {
  checkChdir,
  checkConfFile,
  checkInstance,
  checkNotificationFd,
  checkOwnInstance,
  checkSocket,
  checkSocketFolder,
  checkStateFolder,
} from "./rules/places.ts";
import { checkUnusedSettings, checkVariables } from "./rules/settings.ts";
import { checkDrainDelay, checkGracefulTimeout } from "./rules/stop_budget.ts";

/**
 * @param versions from the slow rules; `serve` has none
 * @param own the running pair that is checked, if any; `serve` has none
 */
export async function runQuickChecks(
  plan: LaunchPlan,
  { settings: { stateDir, notificationFd }, report, strayVariables }: Invocation,
  versions: Partial<Record<ChildName, VersionResult>> = {},
  own?: OwnPair,
): Promise<Finding[]> {
  const { nginx, gunicorn, builtInConf, socket } = plan;
  const conf = nginx.args[1]!;
  const socketFolder = parentOf(socket);
  const stateLock = stateLockPath(stateDir);
  return [
    own
      ? checkOwnInstance(own)
      : checkInstance(lockHolder(stateLock), stateDir, lockState(stateLock).kind === "closed"),
    ...[nginx, gunicorn].map((child) =>
      checkExecutable(child, findExecutable(child.executable), versions[child.name])
    ),
    ...(builtInConf ? [] : [checkConfFile(conf, canRead(conf), isRegularFile(conf))]),
    checkChdir(gunicorn.cwd, isDirectory(gunicorn.cwd)),
    checkSocketFolder(socketFolder, folderAccess(socketFolder)),
    checkSocket(
      socket,
      own ? { kind: "own", pid: own.pid } : await readSocketState(socket),
    ),
    checkStateFolder(stateDir, inspectStateFolder(stateDir), builtInConf !== undefined),
    checkGracefulTimeout(plan),
    checkDrainDelay(plan.deadlines),
    checkUnusedSettings(report, builtInConf !== undefined),
    ...checkVariables(strayVariables),
    ...(notificationFd === undefined
      ? []
      : [checkNotificationFd(notificationFd, isInherited(notificationFd))]),
  ];
}

async function readSocketState(path: string): Promise<SocketState> {
  const tandem = lockHolder(socketLockPath(path));
  if (tandem !== undefined) return { kind: "live", holder: `tandem, ${tandem}` };
  if (!await isListening({ transport: "unix", path })) return socketFileState(path);
  const { findPortHolder } = await import("../host/net/port_holders.ts");
  return { kind: "live", holder: findPortHolder({ transport: "unix", path }) };
}
