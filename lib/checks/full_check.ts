/** The checks that `check` runs: the quick rules of `serve`, then the slow rules and the advice. */

import type { LaunchPlan } from "../plan/launch_plan.ts";
import type { Invocation } from "../plan/settings.ts";
import { adviseOnConf, adviseOnGunicorn, adviseOnSettings } from "./advice.ts";
import { withGunicornExtras } from "./gunicorn_extras.ts";
import { probeGunicorn } from "./gunicorn_probe.ts";
import type { NginxTestResult } from "./nginx_test.ts";
import { findOwnPair } from "./own_pair.ts";
import { runQuickChecks } from "./quick_checks.ts";
import { checkAcceptedConf, parseAcceptedConf } from "./quick_nginx_checks.ts";
import { checkConfError } from "./rules/conf.ts";
import type { Finding } from "./rules/finding.ts";
import { readVersions, type SlowCheckDependencies, testConf } from "./slow_checks.ts";

export interface FullCheckResult {
  findings: Finding[];
  /** `undefined` if nginx does not run, or if there is no conf to test. */
  nginx: NginxTestResult | undefined;
  /** With the arguments that suit the installed gunicorn. */
  plan: LaunchPlan;
}

/** Everything that it creates is removed again. */
export async function runFullCheck(
  request: Invocation,
  plan: LaunchPlan,
  dependencies: SlowCheckDependencies,
): Promise<FullCheckResult> {
  const [versions, python] = await Promise.all([
    readVersions(plan, dependencies),
    probeGunicorn(plan, { ...dependencies, import: request.options.importApp ?? false }),
  ]);
  const own = findOwnPair(request.settings);
  const quick = await runQuickChecks(plan, request, versions.results, own);
  const nginx = await testConf(request, plan, versions.nginxBuild, dependencies);
  const adapted = withGunicornExtras(plan, request.settings, python.chosen);
  const findings = [
    ...quick,
    ...python.settings,
    ...await checkConf(nginx),
    ...python.app,
    ...adviseOnGunicorn(python),
    ...adviseOnSettings(request, plan, python.workerBytes),
  ];
  return {
    // The built-in conf is not the user's to change.
    findings: plan.builtInConf ? findings.map(({ edits: _, ...finding }) => finding) : findings,
    nginx,
    plan: adapted,
  };

  async function checkConf(result: NginxTestResult | undefined): Promise<Finding[]> {
    if (!result) return [];
    if (result.kind === "refused") return [checkConfError(result.complaint, plan)];
    const conf = parseAcceptedConf(result);
    return [
      ...await checkAcceptedConf(conf, plan, own),
      ...adviseOnConf(conf, request, adapted, python.facts),
    ];
  }
}
