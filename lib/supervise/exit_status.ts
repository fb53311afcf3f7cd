import { EXIT } from "../plan/exit_codes.ts";
import type { StopCause } from "./stop_cause.ts";

/**
 * The status that tells the caller what happened.
 * @param forced whether something had to be cut off or killed because it did not end in time
 */
export function exitStatus(cause: StopCause, forced: boolean): number {
  switch (cause.kind) {
    case "stop requested":
      return forced ? EXIT.killed : EXIT.ok;
    case "child ended":
      // The runtime gives a signal's end as 128 + its number already. A service that ends with 0 unasked has failed.
      return cause.status.code || 1;
    case "not ready in time":
      return EXIT.startTimeout;
    case "refused":
      return EXIT.configuration;
    case "cannot start":
      return EXIT.unavailable;
    case "defect":
      return EXIT.internalError;
  }
}
