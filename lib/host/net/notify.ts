/** How the service manager asks to be told that the pair is ready: systemd by variables, s6 by a descriptor. */

import { environmentVariable, ownPid } from "../system/environment.ts";
import { libc } from "../system/libc.ts";
import { setCloseOnExec } from "../system/limits.ts";

/** What systemd asks for, by the variables of sd_notify(3) and sd_watchdog_enabled(3). */
export interface NotifyRequest {
  /** The address of a datagram socket: a path, or with a leading @ an abstract one. */
  socket: string;
  /** Milliseconds that may pass between two signs of life; `undefined` without a watchdog. */
  watchdog: number | undefined;
  /** `undefined` if systemd may know tandem by another pid, as it does in a container. */
  mainPid: number | undefined;
}

/** A day. A timer of more than 24 days would fire at once. */
const LONGEST_MS = 86_400_000;

/**
 * Call it before the first child is started, which withholds the variables from all of them.
 * @returns `undefined` if nobody asks
 */
export function readNotifyRequest(): NotifyRequest | undefined {
  const socket = environmentVariable("NOTIFY_SOCKET");
  if (!socket) return undefined;
  const pid = ownPid();
  const watchedPid = environmentVariable("WATCHDOG_PID");
  const isWatched = !watchedPid || watchedPid === `${pid}`;
  const microseconds = isWatched ? Number(environmentVariable("WATCHDOG_USEC") ?? 0) : 0;
  return {
    socket,
    watchdog: microseconds > 0 ? Math.min(microseconds / 1000, LONGEST_MS) : undefined,
    // Container engines pass NOTIFY_SOCKET on, but not this variable, which systemd sets for each unit.
    mainPid: environmentVariable("INVOCATION_ID") ? pid : undefined,
  };
}

/**
 * Call it before the first child is started, so that none inherits the descriptor.
 * @param fd what s6 reads; `undefined` if there is none
 * @returns tells s6 that the pair is ready
 */
export function openNotificationFd(fd: number | undefined): () => void {
  if (fd === undefined) return () => {};
  setCloseOnExec(fd);
  return () => {
    libc().write(fd, new TextEncoder().encode("\n"), 1n);
    libc().close(fd);
  };
}
