/** Whatever would make the start fail later is said now. What is as usual needs no word, and not the memory of one. */

import {
  canCreate,
  canRead,
  canWrite,
  exists,
  isDirectory,
  parentOf,
} from "../host/files/files.ts";
import { isListening } from "../host/net/http.ts";
import { findExecutable } from "../host/process/child.ts";
import type { Reaper } from "../host/process/reaper.ts";
import { readRunningPid } from "../host/state/file.ts";
import { type ChildPlan, inForeground, type LaunchPlan } from "../plan/launch_plan.ts";
import type { Listen } from "../nginx/directives.ts";
import type { Invocation } from "../plan/settings.ts";
import { type Finding, formatFinding } from "./rules/finding.ts";
import { type AcceptedConf, testNginx, testNginxWithPortsReserved } from "./nginx_test.ts";
import { Refusal } from "../supervise/stop_cause.ts";
import type { CheckedNginx } from "../supervise/dependencies.ts";
import { isUsualConf } from "./usual_conf.ts";

/** The quick looks, before anything is started or changed: what is not ok, refusals and warnings. */
export async function runPreflight(plan: LaunchPlan, request: Invocation): Promise<Finding[]> {
  if (isUsual(plan, request)) return [];
  const { runQuickChecks } = await import("./quick.ts");
  const findings = await runQuickChecks(plan, request.settings);
  return findings.filter(({ result }) => result !== "ok");
}

/** Says no rather than overlook something that those checks speak of. */
function isUsual(plan: LaunchPlan, { settings, gunicornArguments }: Invocation): boolean {
  const { nginx, gunicorn, builtInConf, socket } = plan;
  const { stateDir } = settings;
  return readRunningPid(stateDir) === undefined &&
    [nginx, gunicorn].every(({ executable }) => findExecutable(executable) !== undefined) &&
    (builtInConf !== undefined || canRead(nginx.args[1]!)) &&
    isDirectory(gunicorn.cwd) &&
    canWrite(parentOf(socket)) && !exists(socket) &&
    canCreate(stateDir) &&
    // They can overrule what tandem gives gunicorn.
    gunicornArguments.length === 0;
}

export interface StartConf extends CheckedNginx {
  listens: Listen[];
  warnings: Finding[];
}

/**
 * What nginx itself thinks of its conf. Slower, so it runs beside gunicorn's start.
 * @throws {Refusal} when nginx would not start with it, or not stay in the foreground
 */
export async function checkNginxBeforeStart(
  plan: LaunchPlan,
  reaper: Reaper,
  signal: AbortSignal,
): Promise<StartConf> {
  const answer = await testNginxWithPortsReserved(plan.nginx, reaper, signal);
  signal.throwIfAborted();
  if (answer.kind === "refused") {
    const { checkConfError } = await import("./rules/conf.ts");
    throw new Refusal(formatFinding(checkConfError(answer.complaint)));
  }
  const { daemon, listens } = answer.config;
  return {
    plan: inForeground(plan.nginx, daemon),
    plainListen: listens.find(({ plainHttp }) => plainHttp),
    listens,
    warnings: await findWarnings(answer, plan),
  };
}

/** @throws {Refusal} */
async function findWarnings(conf: AcceptedConf, plan: LaunchPlan): Promise<Finding[]> {
  const answers = await Promise.all(
    conf.config.listens.map(({ address }) => isListening(address)),
  );
  if (!answers.includes(true) && isUsualConf(conf, plan)) return [];
  const { checkAcceptedConf, parseAcceptedConf } = await import("./nginx_checks.ts");
  const findings = await checkAcceptedConf(parseAcceptedConf(conf), plan);
  const obstacle = findings.find(({ result }) => result === "failed");
  if (obstacle) throw new Refusal(formatFinding(obstacle));
  return findings.filter(({ result }) => result === "warning");
}

/** What nginx says of a conf that is to replace the one it runs with. */
export type ReloadCheck = { complaint: string } | { complaint: undefined; listens: Listen[] };

export async function checkReload(nginx: ChildPlan, reaper: Reaper): Promise<ReloadCheck> {
  const answer = await testNginx(nginx, reaper);
  return answer.kind === "refused"
    ? { complaint: answer.complaint }
    : { complaint: undefined, listens: answer.config.listens };
}
