/** The checks that `serve` runs: the quick rules, which `check` runs too. */

import { socketFileState } from "../host/files/access.ts";
import type { Reaper } from "../host/process/reaper.ts";
import type { Listen } from "../nginx/directives.ts";
import { type ChildPlan, inForeground, type LaunchPlan } from "../plan/launch_plan.ts";
import type { Invocation } from "../plan/settings.ts";
import type { CheckedNginx } from "../supervise/dependencies.ts";
import { Refusal } from "../supervise/stop_cause.ts";
import { testNginx, testNginxWithPortsReserved } from "./nginx_test.ts";
import { runQuickChecks } from "./quick_checks.ts";
import { type Finding, formatFinding } from "./rules/finding.ts";

/** Runs before anything is started or changed. @returns the warnings and failures */
export async function runPreflight(plan: LaunchPlan, request: Invocation): Promise<Finding[]> {
  const findings = await runQuickChecks(plan, request.settings);
  return findings.filter(({ result }) => result !== "ok");
}

export interface StartConf extends CheckedNginx {
  listens: Listen[];
  /** Paths on which nginx is to listen and an earlier one left its socket, which it would not replace. */
  staleSockets: string[];
  warnings: Finding[];
}

/**
 * Has nginx test its conf, and runs the quick rules on the result, while gunicorn imports the app.
 * @throws {Refusal} if nginx rejects the conf, or a rule fails
 */
export async function checkNginxBeforeStart(
  plan: LaunchPlan,
  reaper: Reaper,
  signal: AbortSignal,
): Promise<StartConf> {
  const [answer, { checkAcceptedConf, parseAcceptedConf }] = await Promise.all([
    testNginxWithPortsReserved(plan.nginx, reaper, signal),
    // Loads while nginx runs, so a start does not wait for it.
    import("./quick_nginx_checks.ts"),
  ]);
  signal.throwIfAborted();
  if (answer.kind === "refused") {
    const { checkConfError } = await import("./rules/conf.ts");
    throw new Refusal(formatFinding(checkConfError(answer.complaint)));
  }
  const findings = await checkAcceptedConf(parseAcceptedConf(answer), plan);
  const failure = findings.find(({ result }) => result === "failed");
  if (failure) throw new Refusal(formatFinding(failure));
  const { daemon, listens } = answer.config;
  return {
    plan: inForeground(plan.nginx, daemon),
    plainListens: listens.filter(({ plainHttp }) => plainHttp),
    listens,
    // The rule on each listen line has found that nobody listens.
    staleSockets: listens.flatMap(({ address }) =>
      address.transport === "unix" && socketFileState(address.path).kind === "stale"
        ? [address.path]
        : []
    ),
    warnings: findings.filter(({ result }) => result === "warning"),
  };
}

export type ReloadCheck = { complaint: string } | { complaint: undefined; listens: Listen[] };

/** Has nginx test the conf that is to replace the one it runs with. */
export async function checkReload(nginx: ChildPlan, reaper: Reaper): Promise<ReloadCheck> {
  const answer = await testNginx(nginx, reaper);
  return answer.kind === "refused"
    ? { complaint: answer.complaint }
    : { complaint: undefined, listens: answer.config.listens };
}
