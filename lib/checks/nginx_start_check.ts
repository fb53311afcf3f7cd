/** The checks that can wait until gunicorn starts, so that it starts earlier: nginx's conf and addresses. */

import { socketFileState } from "../host/files/access.ts";
import type { Listen } from "../nginx/directives.ts";
import { inForeground, type LaunchPlan } from "../plan/launch_plan.ts";
import type { CheckedNginx } from "../supervise/dependencies.ts";
import { testNginx } from "./nginx_test.ts";
import { checkAcceptedConf, parseAcceptedConf } from "./quick_nginx_checks.ts";
import { checkConfError } from "./rules/conf.ts";
import { type Finding, formatFinding } from "./rules/finding.ts";
import { type CommandTools, withinTime } from "./timed_command.ts";

export interface StartConf extends CheckedNginx {
  kind: "accepted";
  listens: Listen[];
  /** Paths on which nginx is to listen and an earlier one left its socket, which it would not replace. */
  staleSockets: string[];
  warnings: Finding[];
}

/** DNS may take 30 s to say that it has no answer for a host name; then nginx says which it is. */
const NGINX_START_CHECK_MS = 60_000;

/**
 * Has nginx test its conf, and runs the quick rules on the result.
 * @returns "refused" if nginx rejects the conf, or a rule fails
 */
export async function checkNginxBeforeStart(
  plan: LaunchPlan,
  { clock, reaper, signal }: CommandTools & { signal: AbortSignal },
): Promise<StartConf | { kind: "refused"; complaint: string }> {
  const test = (late: AbortSignal) => testNginx(plan.nginx, reaper, late);
  const answer = await withinTime(clock, NGINX_START_CHECK_MS, test, signal);
  signal.throwIfAborted();
  if (!("kind" in answer) || answer.kind === "refused") {
    return { kind: "refused", complaint: formatFinding(checkConfError(answer.complaint, plan)) };
  }
  const findings = await checkAcceptedConf(parseAcceptedConf(answer), plan);
  const failure = findings.find(({ result }) => result === "failed");
  if (failure) return { kind: "refused", complaint: formatFinding(failure) };
  const { daemon, listens } = answer.config;
  return {
    kind: "accepted",
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
