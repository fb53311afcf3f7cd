/** Decides how the children's output reaches tandem's own, and opens the relay if there is one. */

import { inspectOutputs, type Sinks } from "../../host/output/output.ts";
import type { Relay, RelayOptions } from "../../host/output/relay.ts";
import { monotonicClock as clock } from "../../host/system/clock.ts";
import type { Log } from "../../log.ts";
import { type OutputPlan, planOutput } from "../../plan/output_plan.ts";
import type { Settings } from "../../plan/settings.ts";

export function chooseOutput({ logs }: Settings, log: Log): OutputPlan {
  const plan = planOutput(logs, inspectOutputs());
  const way = plan.kind === "relay" ? `relayed (${plan.format})` : "inherited";
  log.debug("logs", `children's output is ${way}: ${plan.why}`);
  if (plan.warning) log.warning("logs", plan.warning);
  return plan;
}

/** @returns `undefined` if the children inherit tandem's output */
export async function openRelayFor(
  plan: OutputPlan,
  sinks: Sinks,
  onLines: RelayOptions["onLines"],
): Promise<Relay | undefined> {
  if (plan.kind !== "relay") return undefined;
  const { openRelay } = await import("../../host/output/relay.ts");
  const { formatFor } = await import("../../host/output/line_formats.ts");
  if (plan.format !== "json") return openRelay(sinks, formatFor(plan.format), clock, { onLines });
  const { TracebackJoiner } = await import("../../host/output/tracebacks.ts");
  const openJoiner = () => new TracebackJoiner();
  return openRelay(sinks, formatFor("json"), clock, { openJoiner, onLines });
}
