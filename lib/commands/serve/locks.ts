/** The locks of a run: of two tandems that were started at the same moment, one gets them. */

import type { Finding } from "../../checks/rules/finding.ts";
import { checkInstance, checkSocket } from "../../checks/rules/places.ts";
import {
  type FileLock,
  LockRefused,
  socketLockPath,
  takeLock,
} from "../../host/state/instance_lock.ts";
import type { ProcessIdentity } from "../../host/state/schema.ts";
import type { Log } from "../../log.ts";
import { formatError } from "../../plan/format.ts";
import type { LaunchPlan } from "../../plan/launch_plan.ts";
import type { Settings } from "../../plan/settings.ts";

/**
 * `undefined` if no lock file can be created; gunicorn can hardly create its socket then.
 * @throws {LockRefused} if another tandem uses the socket
 */
export async function takeSocketLock(
  socket: string,
  self: ProcessIdentity,
  log: Log,
): Promise<Disposable | undefined> {
  try {
    const lock = await takeLock(socketLockPath(socket), self);
    warnIfNotExclusive(lock, socketLockPath(socket), log);
    return lock;
  } catch (error) {
    if (error instanceof LockRefused) throw error;
    log.warning("no-lock", `${formatError(error)}: a second start would not be refused`);
    return undefined;
  }
}

export function warnIfNotExclusive({ isExclusive }: FileLock, path: string, log: Log): void {
  if (isExclusive) return;
  log.warning(
    "no-lock",
    `cannot lock ${path}: its file system has no locks, so a second start at the same moment would not be refused: ` +
      "choose a path on a local file system",
  );
}

/** In the words of the preflight, which had found nothing yet. */
export function explainLock(
  { path, holder }: LockRefused,
  { socket }: LaunchPlan,
  { stateDir }: Settings,
): Finding {
  return path === socketLockPath(socket)
    ? checkSocket(socket, { kind: "live", holder: `tandem, ${holder}` })
    : checkInstance(holder, stateDir);
}
