/** The checks that `serve` runs: the quick rules, which `check` runs too. */

import { exists } from "../host/system/if_exists.ts";
import { environmentVariable } from "../host/system/environment.ts";
import type { LaunchPlan } from "../plan/launch_plan.ts";
import type { Invocation } from "../plan/settings.ts";
import { withGunicornExtras } from "./gunicorn_extras.ts";
import { runQuickChecks } from "./quick_checks.ts";
import type { Finding } from "./rules/finding.ts";
import type { CommandTools } from "./timed_command.ts";

export interface Preflight {
  /** The warnings and failures. */
  findings: Finding[];
  /** With the arguments that suit the installed gunicorn. */
  plan: LaunchPlan;
}

/** Runs before anything is started or changed. */
export async function runPreflight(
  plan: LaunchPlan,
  request: Invocation,
  tools: CommandTools,
): Promise<Preflight> {
  const findings = await runQuickChecks(plan, request);
  let chosen: string[] | undefined = [];
  const isRefused = () => findings.some(({ result }) => result === "failed");
  if (!isRefused() && hasOwnSettings(plan, request)) {
    const { probeGunicorn } = await import("./gunicorn_probe.ts");
    const probe = await probeGunicorn(plan, { ...tools, import: false });
    findings.push(...probe.settings);
    chosen = probe.chosen;
  }
  return {
    findings: findings.filter(({ result }) => result !== "ok"),
    plan: isRefused() ? plan : withGunicornExtras(plan, request.settings, chosen),
  };
}

/**
 * Whether gunicorn gets any setting that is not tandem's. Only then does a start wait for Python to resolve them, which
 * takes about as long as starting gunicorn itself.
 */
function hasOwnSettings({ gunicorn }: LaunchPlan, { gunicornArguments }: Invocation): boolean {
  return gunicornArguments.length > 0 || Boolean(environmentVariable("GUNICORN_CMD_ARGS")) ||
    exists(`${gunicorn.cwd}/gunicorn.conf.py`);
}
