/** Warns if the platform kills tandem before its grace period ends. */

import { environmentVariable } from "../host/system/environment.ts";
import type { LaunchPlan } from "../plan/launch_plan.ts";
import { findPlatform, hasFixedStop } from "../plan/platforms.ts";
import type { Finding } from "./rules/finding.ts";
import { checkStopBudget } from "./rules/stop_budget.ts";

/**
 * @returns `undefined` too where the platform's time can be set: it may have been set to fit, which tandem cannot see, so
 * only `check` tells
 */
export function warnOfShortStop(plan: LaunchPlan): Finding | undefined {
  const platform = findPlatform(environmentVariable);
  if (!platform || !hasFixedStop(platform)) return undefined;
  const finding = checkStopBudget(plan, platform);
  return finding.result === "ok" ? undefined : finding;
}
