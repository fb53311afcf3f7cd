/** The advice that only `check` gives: it is quick, but on limits that may be intended, so `serve` does not repeat it. */

import { canRead } from "../host/files/files.ts";
import { readLinkState } from "../host/files/log_link_state.ts";
import { usableCpus } from "../host/machine/cpus.ts";
import { memoryLimit } from "../host/machine/memory.ts";
import { environmentVariable, ownPid } from "../host/system/environment.ts";
import { findPaths } from "../nginx/paths.ts";
import { lastFlagNumber, lastFlagValue } from "../plan/gunicorn_arguments.ts";
import type { LaunchPlan } from "../plan/launch_plan.ts";
import type { Invocation } from "../plan/settings.ts";
import type { ParsedConf } from "./quick_nginx_checks.ts";
import { checkMemory, checkWorkers } from "./rules/capacity.ts";
import { checkPid, checkPort } from "./rules/deployment.ts";
import type { Finding } from "./rules/finding.ts";
import { checkOwnSettings } from "./rules/gunicorn.ts";
import { checkLink } from "./rules/links.ts";
import { checkLogs } from "./rules/logs.ts";
import { checkStopBudget } from "./rules/stop_budget.ts";
import { checkMaxBody, checkReadTimeout } from "./rules/upstream.ts";

export function adviseOnConf(
  { root, build, proxied, config }: ParsedConf,
  { settings, report }: Invocation,
  plan: LaunchPlan,
): Finding[] {
  const isPortSet = !plan.builtInConf &&
    report.some(({ flag, origin }) => flag === "port" && origin.kind !== "default");
  const timeout = lastFlagNumber(plan.gunicorn.args, "-t", "--timeout") ?? settings.timeout;
  return [
    checkPort(config.listens, settings.port, isPortSet),
    checkMaxBody(proxied),
    checkReadTimeout(proxied, timeout),
    checkLogs(findPaths(root, build).logs, plan.links),
  ];
}

/** @param workerBytes the measured memory of a worker with the app */
export function adviseOnSettings(
  { settings }: Invocation,
  plan: LaunchPlan,
  workerBytes: number | undefined,
): Finding[] {
  const { args, cwd } = plan.gunicorn;
  const workers = lastFlagNumber(args, "-w", "--workers") ?? settings.workers;
  const conf = lastFlagValue(args, "-c", "--config") ?? "gunicorn.conf.py";
  const file = conf.replace(/^file:/, "");
  return [
    // `serve` warns about a link when it cannot make it.
    ...plan.links.map((link) => checkLink(link, readLinkState(link))),
    checkOwnSettings(
      canRead(file.startsWith("/") ? file : `${cwd}/${file}`) ? [conf] : [],
      Boolean(environmentVariable("GUNICORN_CMD_ARGS")),
    ),
    checkWorkers(workers, usableCpus()),
    checkMemory(workers, memoryLimit(), workerBytes),
    checkStopBudget(plan),
    checkPid(ownPid()),
  ];
}
