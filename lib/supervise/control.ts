/** Acts on the signals that leave the pair serving: reload, reopen logs, more or fewer workers. */

import type { Child } from "../host/process/child.ts";
import type { Log } from "../log.ts";
import { type ControlAction, type SignalName, signalTable } from "../plan/signals.ts";

export interface ControlDependencies {
  log: Log;
  /** @returns why nginx or gunicorn would not start with what is to be loaded; `undefined` if both would */
  checkReload(): Promise<string | undefined>;
  /** False once the pair is being stopped, which may happen while the reload is checked. */
  isServing(): boolean;
  /** Called before the masters get the signal. */
  onForward(action: ControlAction): void;
  onReloading(): void;
  /** @param complaint `undefined` if the reload was done */
  onReload(complaint: string | undefined): void;
}

export async function control(
  action: ControlAction,
  signal: SignalName,
  children: { nginx: Child; gunicorn: Child },
  { log, checkReload, isServing, onForward, onReloading, onReload }: ControlDependencies,
): Promise<void> {
  if (action === "reload") {
    onReloading();
    const complaint = await checkReload().catch((error: Error) => {
      onReload(error.message);
      throw error;
    });
    if (complaint !== undefined) {
      onReload(complaint);
      const message = `reload rejected, still on the old configuration: ${complaint}`;
      return log.error("not-reloaded", message);
    }
    // On SIGHUP, a gunicorn that is exiting would start new workers.
    if (!isServing()) return;
  }
  onForward(action);
  const row = signalTable.find((row) => row.action === action);
  const refusing = row?.forwardTo.filter((name) =>
    children[name].signal(signal) === "not-permitted"
  );
  if (refusing?.length) {
    const complaint = `may not signal ${refusing.join(" and ")} (missing CAP_KILL?)`;
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
