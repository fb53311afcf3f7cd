/** Warns when the reader of stdout or stderr does not take every line. */

import type { SinkEvents } from "../../host/output/sink.ts";
import type { Log } from "../../log.ts";

/** @param getLog a function, because the log is opened after the sink that it writes to */
export function warnOfLostLines(stream: string, getLog: () => Log): SinkEvents {
  return {
    onResumed(count) {
      const message = `the reader of ${stream} stalled: ${count} lines dropped`;
      getLog().warning("lines-dropped", message, { stream, count });
    },
    onLost(count) {
      const message = `the reader of ${stream} did not read to the end: ${count} lines lost`;
      getLog().warning("lines-lost", message, { stream, count });
    },
    onClosed(reason) {
      const message =
        `${stream} was closed by its reader (${reason}): its lines are dropped from now on`;
      getLog().warning("output-closed", message, { stream });
    },
  };
}
