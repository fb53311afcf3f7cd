/** The exit status that tells the caller why the run ended. */

import { EXIT } from "../plan/exit_codes.ts";
import type { StopCause } from "./stop_cause.ts";

/** @param forced whether nginx's connections had to be closed, or a child had to be killed */
export function exitStatus(cause: StopCause, forced: boolean): number {
  switch (cause.kind) {
    case "stop-requested":
      return forced ? EXIT.killed : EXIT.ok;
    case "child-exited":
      // For a signal the runtime's code is 128 + its number already. A service that exits unasked has failed.
      return cause.status.code || 1;
    case "not-ready":
      return EXIT.startTimeout;
    case "refused":
      return EXIT.configuration;
    case "cannot-start":
      return EXIT.unavailable;
    case "internal-error":
      return EXIT.internalError;
  }
}
