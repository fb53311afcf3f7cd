/** The advice that only `check` gives: it is quick, but on limits that may be intended, so `serve` does not repeat it. */

import { isSamePath } from "../host/files/access.ts";
import { canRead } from "../host/files/files.ts";
import { readLinkState } from "../host/files/log_link_state.ts";
import { onlineCpus, usableCpus } from "../host/machine/cpus.ts";
import { memoryLimit } from "../host/machine/memory.ts";
import { environmentVariable, ownPid } from "../host/system/environment.ts";
import { findPaths } from "../nginx/paths.ts";
import { lastFlagNumber, lastFlagValue } from "../plan/gunicorn_arguments.ts";
import type { LaunchPlan } from "../plan/launch_plan.ts";
import { findPlatform } from "../plan/platforms.ts";
import type { Invocation } from "../plan/settings.ts";
import type { PythonProbe } from "./gunicorn_probe.ts";
import { checkOwnKillMode } from "./kill_mode.ts";
import { findBinds, type ParsedConf } from "./quick_nginx_checks.ts";
import { checkMemory, checkNginxWorkers, checkWorkers } from "./rules/capacity.ts";
import { checkLoopback, checkPid } from "./rules/deployment.ts";
import type { Finding } from "./rules/finding.ts";
import { checkOwnSettings } from "./rules/gunicorn.ts";
import {
  checkMaxRequests,
  checkPreload,
  checkSmuggling,
  type ResolvedGunicorn,
} from "./rules/gunicorn_advice.ts";
import { checkKeepAlive } from "./rules/keep_alive.ts";
import { checkLink } from "./rules/links.ts";
import { checkLogBuffers, checkLogs } from "./rules/logs.ts";
import { checkProxyHeaders } from "./rules/proxy_headers.ts";
import { checkStopBudget } from "./rules/stop_budget.ts";
import { checkMaxBody, checkReadTimeout, passesTo } from "./rules/upstream.ts";

/**
 * @param plan with the arguments that suit the installed gunicorn
 * @param facts `undefined` if gunicorn could not be asked
 */
export function adviseOnConf(
  { root, build, proxied, config }: ParsedConf,
  { settings }: Invocation,
  plan: LaunchPlan,
  facts: ResolvedGunicorn | undefined,
): Finding[] {
  const timeout = lastFlagNumber(plan.gunicorn.args, "-t", "--timeout") ?? settings.timeout;
  const binds = findBinds(plan);
  const toGunicorn = proxied.filter((location) => passesTo(location, binds, isSamePath));
  // Of tandem's own flag; gunicorn's other sources are among the facts.
  const keepAlive = lastFlagNumber(plan.gunicorn.args, "--keep-alive");
  return [
    checkLoopback(config.listens, ownPid()),
    checkNginxWorkers(root, onlineCpus(), usableCpus()),
    checkProxyHeaders(toGunicorn),
    ...(facts
      ? [checkKeepAlive(toGunicorn, build.version, {
        ...facts,
        ...(keepAlive !== undefined && { keepAlive }),
      })]
      : []),
    checkMaxBody(proxied),
    checkReadTimeout(proxied, timeout),
    checkLogs(findPaths(root, build).logs, plan.links),
    checkLogBuffers(root),
  ];
}

export function adviseOnGunicorn({ facts, cuda }: PythonProbe): Finding[] {
  return facts ? [checkSmuggling(facts), checkMaxRequests(facts), checkPreload(facts, cuda)] : [];
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
    ...plan.links.map((link) =>
      checkLink(link, readLinkState(link), plan.builtInConf !== undefined)
    ),
    checkOwnSettings(
      canRead(file.startsWith("/") ? file : `${cwd}/${file}`) ? [conf] : [],
      Boolean(environmentVariable("GUNICORN_CMD_ARGS")),
    ),
    checkWorkers(workers, usableCpus()),
    checkMemory(workers, memoryLimit(), workerBytes),
    checkStopBudget(plan, findPlatform(environmentVariable)),
    checkPid(ownPid()),
    ...checkOwnKillMode(),
  ];
}
