/** What the other signals do to a serving pair. */

import type { Child } from "../host/process/child.ts";
import type { Log } from "../log.ts";
import type { ControlAction } from "../plan/signals.ts";

export interface ControlDependencies {
  log: Log;
  /** Why a new conf would not do; nothing when it would. */
  checkReload(): Promise<string | undefined>;
  /** False once the pair is being stopped, which may come while nginx looks at its conf. */
  isServing(): boolean;
  /** Told how a reload went: with the complaint when it was refused. */
  onReload(complaint: string | undefined): void;
}

export async function control(
  action: ControlAction,
  { nginx, gunicorn }: { nginx: Child; gunicorn: Child },
  { log, checkReload, isServing, onReload }: ControlDependencies,
): Promise<void> {
  switch (action) {
    case "reload": {
      const complaint = await checkReload().catch((error: Error) => {
        onReload(error.message);
        throw error;
      });
      if (complaint !== undefined) {
        onReload(complaint);
        return log.error("not-reloaded", `not reloaded, the old conf serves on: ${complaint}`);
      }
      // A gunicorn that is ending would start workers anew.
      if (!isServing()) return;
      nginx.signal("SIGHUP");
      gunicorn.signal("SIGHUP");
      onReload(undefined);
      return log.info("reloaded", "reloading: new nginx.conf, fresh gunicorn workers");
    }
    case "reopen logs":
      nginx.signal("SIGUSR1");
      gunicorn.signal("SIGUSR1");
      return log.info("logs-reopened", "both reopen their logs");
    case "more workers":
      gunicorn.signal("SIGTTIN");
      return log.info("more-workers", "one gunicorn worker more");
    case "fewer workers":
      gunicorn.signal("SIGTTOU");
      return log.info("fewer-workers", "one gunicorn worker less");
  }
}
