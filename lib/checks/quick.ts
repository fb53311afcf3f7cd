/** The looks that cost next to nothing, and what each came to. */

import { canRead, isDirectory, parentOf } from "../host/files/files.ts";
import { findHolder } from "../host/net/port_holders.ts";
import { isListening } from "../host/net/http.ts";
import { isInherited } from "../host/system/limits.ts";
import { findExecutable } from "../host/process/child.ts";
import { type AtSocket, lookAtFolder, lookAtFutureFolder, lookAtSocketFile } from "../host/files/access.ts";
import { readLivingInstance } from "../host/state/file.ts";
import type { ChildName, LaunchPlan } from "../plan/launch_plan.ts";
import type { Settings } from "../plan/settings.ts";
import { judgeExecutable, type Told } from "./rules/executables.ts";
import type { Finding } from "./rules/finding.ts";
import { judgeDaemonFlag } from "./rules/gunicorn.ts";
import {
  judgeChdir,
  judgeConfFile,
  judgeInstance,
  judgeNotificationFd,
  judgeSocket,
  judgeSocketFolder,
  judgeStateFolder,
} from "./rules/places.ts";
import { judgeGracefulTimeout } from "./rules/stop_budget.ts";

/** @param told by the executables themselves, where somebody asked them */
export async function judgeQuickly(
  plan: LaunchPlan,
  { stateDir, notificationFd }: Settings,
  told: Partial<Record<ChildName, Told>> = {},
): Promise<Finding[]> {
  const { nginx, gunicorn, builtInConf, socket } = plan;
  const conf = nginx.args[1]!;
  const socketFolder = parentOf(socket);
  return [
    judgeInstance(readLivingInstance(stateDir), stateDir),
    ...[nginx, gunicorn].map((child) =>
      judgeExecutable(child, findExecutable(child.executable), told[child.name])
    ),
    ...(builtInConf ? [] : [judgeConfFile(conf, canRead(conf))]),
    judgeChdir(gunicorn.cwd, isDirectory(gunicorn.cwd)),
    judgeSocketFolder(socketFolder, lookAtFolder(socketFolder)),
    judgeSocket(socket, await lookAtSocket(socket)),
    judgeStateFolder(stateDir, lookAtFutureFolder(stateDir), builtInConf !== undefined),
    judgeDaemonFlag(gunicorn.args),
    judgeGracefulTimeout(plan),
    ...(notificationFd === undefined
      ? []
      : [judgeNotificationFd(notificationFd, isInherited(notificationFd))]),
  ];
}

async function lookAtSocket(path: string): Promise<AtSocket> {
  return await isListening({ transport: "unix", path })
    ? { kind: "live", holder: findHolder({ transport: "unix", path }) }
    : lookAtSocketFile(path);
}
