/** The checks that `serve` runs: the quick rules, which `check` runs too. */

import { exists } from "../host/files/files.ts";
import { socketFileState } from "../host/files/access.ts";
import { environmentVariable } from "../host/system/environment.ts";
import type { Listen } from "../nginx/directives.ts";
import { inForeground, type LaunchPlan } from "../plan/launch_plan.ts";
import type { Invocation } from "../plan/settings.ts";
import type { CheckedNginx } from "../supervise/dependencies.ts";
import { Refusal } from "../supervise/stop_cause.ts";
import { withGunicornExtras } from "./gunicorn_extras.ts";
import { testNginx } from "./nginx_test.ts";
import { runQuickChecks } from "./quick_checks.ts";
import { type Finding, formatFinding } from "./rules/finding.ts";
import { type CommandTools, withinTime } from "./timed_command.ts";

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

export interface StartConf extends CheckedNginx {
  listens: Listen[];
  /** Paths on which nginx is to listen and an earlier one left its socket, which it would not replace. */
  staleSockets: string[];
  warnings: Finding[];
}

/** DNS may take 30 s to say that it has no answer for a host name; then nginx says which it is. */
const NGINX_START_CHECK_MS = 60_000;

/**
 * Has nginx test its conf, and runs the quick rules on the result, while gunicorn imports the app.
 * @throws {Refusal} if nginx rejects the conf, or a rule fails
 */
export async function checkNginxBeforeStart(
  plan: LaunchPlan,
  { clock, reaper, signal }: CommandTools & { signal: AbortSignal },
): Promise<StartConf> {
  const [answer, { checkAcceptedConf, parseAcceptedConf }] = await Promise.all([
    withinTime(
      clock,
      NGINX_START_CHECK_MS,
      (late) => testNginx(plan.nginx, reaper, late),
      signal,
    ),
    // Loads while nginx runs, so a start does not wait for it.
    import("./quick_nginx_checks.ts"),
  ]);
  signal.throwIfAborted();
  if (!("kind" in answer) || answer.kind === "refused") {
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
