/** The looks that cost next to nothing, and what each came to. */

import { canRead, isDirectory, parentOf } from "../host/files/files.ts";
import { findPortHolder } from "../host/net/port_holders.ts";
import { isListening } from "../host/net/http.ts";
import { isInherited } from "../host/system/limits.ts";
import { findExecutable } from "../host/process/child.ts";
import {
  folderAccess,
  futureFolderAccess,
  socketFileState,
  type SocketState,
} from "../host/files/access.ts";
import { readRunningPid } from "../host/state/file.ts";
import type { ChildName, LaunchPlan } from "../plan/launch_plan.ts";
import type { Settings } from "../plan/settings.ts";
import { checkExecutable, type VersionResult } from "./rules/executables.ts";
import type { Finding } from "./rules/finding.ts";
import { checkDaemonFlag } from "./rules/gunicorn.ts";
import {
  checkChdir,
  checkConfFile,
  checkInstance,
  checkNotificationFd,
  checkSocket,
  checkSocketFolder,
  checkStateFolder,
} from "./rules/places.ts";
import { checkGracefulTimeout } from "./rules/stop_budget.ts";

/** @param told by the executables themselves, where somebody asked them */
export async function runQuickChecks(
  plan: LaunchPlan,
  { stateDir, notificationFd }: Settings,
  told: Partial<Record<ChildName, VersionResult>> = {},
): Promise<Finding[]> {
  const { nginx, gunicorn, builtInConf, socket } = plan;
  const conf = nginx.args[1]!;
  const socketFolder = parentOf(socket);
  return [
    checkInstance(readRunningPid(stateDir), stateDir),
    ...[nginx, gunicorn].map((child) =>
      checkExecutable(child, findExecutable(child.executable), told[child.name])
    ),
    ...(builtInConf ? [] : [checkConfFile(conf, canRead(conf))]),
    checkChdir(gunicorn.cwd, isDirectory(gunicorn.cwd)),
    checkSocketFolder(socketFolder, folderAccess(socketFolder)),
    checkSocket(socket, await lookAtSocket(socket)),
    checkStateFolder(stateDir, futureFolderAccess(stateDir), builtInConf !== undefined),
    checkDaemonFlag(gunicorn.args),
    checkGracefulTimeout(plan),
    ...(notificationFd === undefined
      ? []
      : [checkNotificationFd(notificationFd, isInherited(notificationFd))]),
  ];
}

async function lookAtSocket(path: string): Promise<SocketState> {
  return await isListening({ transport: "unix", path })
    ? { kind: "live", holder: findPortHolder({ transport: "unix", path }) }
    : socketFileState(path);
}
