/** Whatever would make the start fail later, said now, in one line each, with the mend. */

import { canRead, isDirectory } from "../host/files.ts";
import { findHolder } from "../host/holders.ts";
import { isListening } from "../host/http.ts";
import { isInherited } from "../host/process_limits.ts";
import { findExecutable } from "../host/processes.ts";
import type { Reaper } from "../host/reaper.ts";
import {
  type AtSocket,
  lookAtFolder,
  lookAtFutureFolder,
  lookAtSocketFile,
  parentOf,
} from "../host/room.ts";
import { readLivingInstance } from "../host/state_file.ts";
import {
  type ChildName,
  type ChildPlan,
  inForeground,
  type LaunchPlan,
} from "../plan/launch_plan.ts";
import type { Listen } from "../plan/nginx_config.ts";
import type { Settings } from "../plan/settings.ts";
import { judgeExecutable, type Told } from "./checks/executables.ts";
import { type Finding, inOneLine } from "./checks/finding.ts";
import { judgeDaemonFlag } from "./checks/gunicorn.ts";
import {
  judgeChdir,
  judgeConfFile,
  judgeInstance,
  judgeNotificationFd,
  judgeSocket,
  judgeSocketFolder,
  judgeStateFolder,
} from "./checks/places.ts";
import { judgeGracefulTimeout } from "./checks/stop_budget.ts";
import { judgeComplaint } from "./checks/conf.ts";
import { askNginx, judgeNginx } from "./nginx_look.ts";
import { Refusal } from "./stop_cause.ts";
import type { CheckedNginx } from "./tools.ts";

/**
 * The quick looks, before anything is started or changed.
 * @param told by the executables themselves, where somebody asked them
 */
export async function findQuickly(
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

export interface CheckedConf extends CheckedNginx {
  listens: Listen[];
  warnings: Finding[];
}

/**
 * What nginx itself thinks of its conf. Slower, so it runs beside gunicorn's start.
 * @throws {Refusal} when nginx would not start with it, or not stay in the foreground
 */
export async function checkNginx(
  plan: LaunchPlan,
  reaper: Reaper,
  signal: AbortSignal,
): Promise<CheckedConf> {
  const answer = await askNginx(plan.nginx, reaper, signal);
  signal.throwIfAborted();
  if (answer.kind === "refused") throw new Refusal(inOneLine(judgeComplaint(answer.complaint)));
  const findings = await judgeNginx(answer, plan);
  const obstacle = findings.find(({ result }) => result === "failed");
  if (obstacle) throw new Refusal(inOneLine(obstacle));
  const { daemon, listens } = answer.config;
  return {
    plan: inForeground(plan.nginx, daemon),
    plainListen: listens.find(({ plainHttp }) => plainHttp),
    listens,
    warnings: findings.filter(({ result }) => result === "warning"),
  };
}

/** What nginx says of a conf that is to replace the one it runs with. */
export type NewConf = { complaint: string } | { complaint: undefined; listens: Listen[] };

export async function checkNewConf(nginx: ChildPlan, reaper: Reaper): Promise<NewConf> {
  const answer = await askNginx(nginx, reaper);
  return answer.kind === "refused"
    ? { complaint: answer.complaint }
    : { complaint: undefined, listens: answer.config.listens };
}
