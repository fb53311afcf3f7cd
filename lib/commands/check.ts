/** `tandem check`: every check there is, then the exact plan. Starts nothing that stays, changes nothing. */

import template from "../../nginx.conf" with { type: "text" };
import { monotonicClock as clock } from "../host/system/clock.ts";
import { writeToStdout } from "../host/output/output.ts";
import { findExecutable } from "../host/process/child.ts";
import { startReaper } from "../host/process/reaper.ts";
import { wantsColour } from "../host/output/terminal.ts";
import { EXIT } from "../plan/exit_codes.ts";
import { inForeground, planLaunch } from "../plan/launch_plan.ts";
import { fillBuiltInConf } from "../plan/built_in_conf.ts";
import type { Invocation } from "../plan/settings.ts";
import { runFullCheck } from "../checks/full_check.ts";
import { checkReportJson, checkReportText, overallResult, reportPlan } from "./check_report.ts";

/** @returns 0 when the pair would serve, 78 when not; with --strict a warning is enough for that */
export async function check(request: Invocation): Promise<number> {
  const plan = planLaunch(request);
  const reaper = startReaper();
  const { findings, nginx } = await runFullCheck(request, plan, {
    reaper,
    clock,
    builtInConf: (stateDir) => fillBuiltInConf(template, { ...request.settings, stateDir }),
  });
  reaper.close();

  const view = nginx?.kind === "accepted" ? nginx : undefined;
  const shown = reportPlan(
    { ...plan, nginx: inForeground(plan.nginx, view?.config.daemon) },
    request.settings,
    view?.config.listens ?? [],
    (name) => findExecutable(name) ?? name,
  );
  const { json = false, strict = false } = request.options;
  const report = { checks: findings, plan: shown };
  writeToStdout(
    json ? checkReportJson(report, strict) : checkReportText(report, strict, wantsColour("stdout")),
  );
  return overallResult(findings, strict) === "failed" ? EXIT.configuration : EXIT.ok;
}
