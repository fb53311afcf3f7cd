/** Chooses how a long start or drain shows its progress: a live line on a terminal, else log lines. */

import type { Sinks } from "../../host/output/output.ts";
import type { Log } from "../../log.ts";
import type { OutputPlan } from "../../plan/output_plan.ts";
import type { Settings } from "../../plan/settings.ts";
import type { ProgressDisplay } from "../../supervise/progress.ts";

export async function openProgressDisplay(
  { logLevel, logFormat }: Settings,
  outputPlan: OutputPlan,
  log: Log,
  sinks: Sinks,
): Promise<ProgressDisplay> {
  const isForPeople = logFormat === "text" && (logLevel === "debug" || logLevel === "info");
  // Without a relay the children write to the terminal directly, and would write into the live line.
  if (outputPlan.kind === "relay" && isForPeople) {
    const { openLiveLine } = await import("../../host/output/live_line.ts");
    const live = openLiveLine(sinks);
    if (live) {
      return {
        everyMs: 1000,
        show: (text) => live.show(`tandem: ${text}`),
        clear: live.clear,
      };
    }
  }
  return { everyMs: 5000, show: (text) => log.info("progress", text), clear() {} };
}
