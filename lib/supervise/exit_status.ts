/** The exit status that tells the caller why the run ended. */

import { EXIT } from "../plan/exit_codes.ts";
import type { StopCause } from "./stop_cause.ts";

/** Of a child that exited with 0, but not because tandem asked it to: its requests may be lost. */
const UNASKED = 1;

/**
 * @param forced whether nginx's connections had to be closed, or a child had to be killed
 * @param stoppedByOthers whether a child got a signal to stop before tandem's own
 */
export function exitStatus(
  cause: StopCause,
  forced: boolean,
  stoppedByOthers: boolean,
): number {
  switch (cause.kind) {
    case "stop-requested":
      return forced ? EXIT.killed : stoppedByOthers ? UNASKED : EXIT.ok;
    case "child-exited":
      // For a signal the runtime's code is 128 + its number already.
      return cause.status.code || UNASKED;
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
