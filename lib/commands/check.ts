/** `tandem check`: runs every check, then prints what `serve` would do; leaves nothing running and nothing changed. */

import template from "../../nginx.conf" with { type: "text" };
import { runFullCheck } from "../checks/full_check.ts";
import { formatFinding } from "../checks/rules/finding.ts";
import { writeToStderr, writeToStdout } from "../host/output/output.ts";
import { isTerminal, terminalSize, wantsColour } from "../host/output/terminal.ts";
import { findExecutable } from "../host/process/executable.ts";
import { startReaper } from "../host/process/reaper.ts";
import { monotonicClock as clock } from "../host/system/clock.ts";
import { fillBuiltInConf } from "../plan/built_in_conf.ts";
import { EXIT } from "../plan/exit_codes.ts";
import { inForeground, planLaunch } from "../plan/launch_plan.ts";
import type { Invocation } from "../plan/settings.ts";
import {
  checkReportJson,
  checkReportText,
  createCheckReport,
  createPlanReport,
  type ReportStyle,
} from "./check_report.ts";
import { bytesOf, createConfDiffs } from "./conf_diffs.ts";

/**
 * @returns 78 if a check failed, or with --strict gave a warning; otherwise 0. With --fix-conf alone, 78 only if there
 * is no conf to fix that nginx accepts.
 */
export async function check(request: Invocation): Promise<number> {
  const plan = planLaunch(request);
  const reaper = startReaper();
  const { findings, nginx, plan: adapted } = await runFullCheck(request, plan, {
    reaper,
    clock,
    builtInConf: (stateDir) => fillBuiltInConf(template, { ...request.settings, stateDir }),
  });
  reaper.close();

  const { json = false, strict = false, quiet = false, fixConf = false } = request.options;
  const diffs = fixConf ? createConfDiffs(findings) : [];
  if (fixConf && !json) {
    for (const { byteText } of diffs) writeToStdout(bytesOf(byteText));
    if (nginx?.kind === "accepted") return EXIT.ok;
    const failure = findings.find(({ result }) => result === "failed");
    await writeToStderr(
      `tandem: ${failure ? formatFinding(failure) : "nginx has tested no conf"}\n`,
    );
    return EXIT.configuration;
  }
  const conf = nginx?.kind === "accepted" ? nginx.config : undefined;
  const planReport = createPlanReport(
    { ...adapted, nginx: inForeground(plan.nginx, conf?.daemon) },
    request.settings,
    conf?.listens ?? [],
    (name) => findExecutable(name) ?? name,
  );
  const report = createCheckReport(findings, planReport, strict, fixConf ? diffs : undefined);
  const style: ReportStyle = {
    colour: wantsColour("stdout"),
    columns: isTerminal("stdout") ? terminalSize().columns : Infinity,
    quiet,
  };
  writeToStdout(json ? checkReportJson(report, quiet) : checkReportText(report, style));
  return report.result === "failed" ? EXIT.configuration : EXIT.ok;
}
