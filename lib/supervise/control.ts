/** Acts on the signals that leave the pair serving: reload, reopen logs, more or fewer workers. */

import type { Child } from "../host/process/child.ts";
import type { Clock } from "../host/system/clock.ts";
import type { Log } from "../log.ts";
import { type ControlAction, type SignalName, signalTable } from "../plan/signals.ts";

export interface ControlDependencies {
  clock: Clock;
  log: Log;
  /** @returns why nginx or gunicorn would not start with what is to be loaded; `undefined` if both would */
  checkReload(): Promise<string | undefined>;
  /** False once the pair is being stopped, which may happen during the waits. */
  isServing(): boolean;
  /** Called before the masters get the signal. */
  onForward(action: ControlAction): void;
  onReloading(): void;
  /** @param complaint `undefined` if the reload was done */
  onReload(complaint: string | undefined): void;
}

/** From its exec nginx takes some milliseconds to its handlers, and seconds if it resolves many names. */
const HANDLERS_MS = 30_000;
const CHECK_HANDLERS_MS = 10;

export async function control(
  action: ControlAction,
  signal: SignalName,
  children: { nginx: Child; gunicorn: Child },
  { clock, log, checkReload, isServing, onForward, onReloading, onReload }: ControlDependencies,
): Promise<void> {
  const row = signalTable.find((row) => row.action === action);
  const receivers = row?.forwardTo.map((name) => children[name]) ?? [];
  if (action === "reload") {
    onReloading();
    const complaint = await checkReload().catch((error: Error) => {
      onReload(error.message);
      throw error;
    });
    // The stop cuts the check short, which says nothing about what was to be loaded.
    if (!isServing()) return;
    if (complaint !== undefined) {
      onReload(complaint);
      const message = `reload rejected, still on the old configuration: ${complaint}`;
      return log.error("not-reloaded", message);
    }
  }
  const handlersEnd = clock.now() + HANDLERS_MS;
  let deaf: Child | undefined;
  while (isServing() && (deaf = receivers.find((child) => !child.handles(signal)))) {
    if (clock.now() >= handlersEnd) {
      const complaint = `${deaf.name} does not handle ${signal} yet, which would end it`;
      if (action === "reload") onReload(complaint);
      return log.error("not-forwarded", `${signal} not forwarded: ${complaint}: send it again`);
    }
    await clock.sleep(CHECK_HANDLERS_MS);
  }
  // On SIGHUP, a gunicorn that is exiting would start new workers.
  if (!isServing()) return;
  onForward(action);
  const refusing = receivers.filter((child) => child.signal(signal) === "not-permitted");
  if (refusing.length) {
    const names = refusing.map(({ name }) => name).join(" and ");
    const complaint = `may not signal ${names} (missing CAP_KILL?)`;
    if (action === "reload") onReload(complaint);
    return log.error("not-permitted", `${signal}: ${complaint}: start tandem with that capability`);
  }
  if (action === "reload") {
    onReload(undefined);
    log.info("reloaded", "reloading: new nginx.conf, fresh gunicorn workers");
  } else {
    log.info(action, `${signal}: ${row?.meaning}`);
  }
}
