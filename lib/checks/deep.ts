/** The looks that `serve` does not pay for: each of the executables is asked, and gunicorn's Python too. */

import { memoryLimit } from "../host/machine/memory.ts";
import { type Clock, happensWithin } from "../host/system/clock.ts";
import { usableCpus } from "../host/machine/cpus.ts";
import { environmentVariable, ownPid } from "../host/system/environment.ts";
import { canRead, isDirectory, readTextFile } from "../host/files/files.ts";
import { readLinkState } from "../host/files/log_link_state.ts";
import { type CommandOutput, findExecutable, runCommand } from "../host/process/child.ts";
import type { Reaper } from "../host/process/reaper.ts";
import { lastFlagNumber, lastFlagValue } from "../plan/gunicorn_arguments.ts";
import type { LaunchPlan } from "../plan/launch_plan.ts";
import { findPaths, parseBuild } from "../nginx/paths.ts";
import type { Invocation } from "../plan/settings.ts";
import { checkMemory, checkWorkers } from "./rules/capacity.ts";
import { checkConfError } from "./rules/conf.ts";
import { checkPid, checkPort } from "./rules/deployment.ts";
import { interpreterOf, type VersionResult } from "./rules/executables.ts";
import type { Finding } from "./rules/finding.ts";
import {
  checkApp,
  checkOwnSettings,
  checkPython,
  checkWorkerClass,
  type ProbeResult,
} from "./rules/gunicorn.ts";
import { checkLink } from "./rules/links.ts";
import { checkLogs } from "./rules/logs.ts";
import { checkDrainDelay, checkStopBudget } from "./rules/stop_budget.ts";
import { checkMaxBody, checkReadTimeout } from "./rules/upstream.ts";
import script from "./probe.py" with { type: "text" };
import type { NginxTestResult } from "./nginx_test.ts";
import { checkAcceptedConf, parseAcceptedConf } from "./nginx_checks.ts";
import { runQuickChecks } from "./quick.ts";
import { dryRunNginx } from "./nginx_dry_run.ts";

export interface CheckResults {
  findings: Finding[];
  /** What nginx said of its conf, where it could be asked. */
  nginx: NginxTestResult | undefined;
}

export interface CheckDependencies {
  reaper: Reaper;
  clock: Clock;
  /** The text of the conf that is built in, filled in for a state folder. */
  builtInConf(stateDir: string): string;
}

/** An answer that takes longer is none. */
const PATIENCE_MS = 10_000;
/** As long as SageMaker waits for an app. */
const IMPORT_PATIENCE_MS = 8 * 60_000;

/** Why there is no answer. */
class Late {
  readonly complaint: string;
  constructor(milliseconds: number) {
    this.complaint = `no answer within ${milliseconds / 1000} s`;
  }
}

/** Every check there is. Changes nothing that is still changed afterwards. */
export async function runAllChecks(
  request: Invocation,
  plan: LaunchPlan,
  { reaper, clock, builtInConf }: CheckDependencies,
): Promise<CheckResults> {
  const [nginxTold, gunicornTold, python] = await Promise.all([
    askVersion("nginx", "-V"),
    askVersion("gunicorn", "--version"),
    askPython(),
  ]);
  const told = {
    nginx: nginxTold && toldBy(nginxTold, (text) => parseBuild(text).version),
    gunicorn: gunicornTold && toldBy(gunicornTold, (text) => `gunicorn ${/[\d.]+\w*/.exec(text)}`),
  };
  const quick = await runQuickChecks(plan, request.settings, told);
  const nginx = nginxTold && !("complaint" in nginxTold) && canAskNginx()
    ? await askNginxInTime(nginxTold.stderr)
    : undefined;
  return {
    findings: [
      ...quick,
      ...await judgeAnswer(nginx),
      ...python.findings,
      ...judgeOthers(python.workerBytes),
    ],
    nginx,
  };

  function canAskNginx(): boolean {
    return plan.builtInConf !== undefined || canRead(plan.nginx.args[1]!);
  }

  /** A name in the conf that nobody resolves can hold nginx up for long. */
  async function askNginxInTime(version: string): Promise<NginxTestResult | undefined> {
    const answer = await inTime(
      PATIENCE_MS,
      (signal) => dryRunNginx(plan, request.settings, version, reaper, builtInConf, signal),
    );
    return answer instanceof Late ? { kind: "refused", complaint: answer.complaint } : answer;
  }

  async function judgeAnswer(answer: NginxTestResult | undefined): Promise<Finding[]> {
    if (!answer) return [];
    if (answer.kind === "refused") return [checkConfError(answer.complaint)];
    const view = parseAcceptedConf(answer);
    const { root, build, proxied, config } = view;
    const { settings, report } = request;
    const isAsked = !plan.builtInConf &&
      report.some(({ flag, origin }) => flag === "port" && origin.kind !== "default");
    const timeout = lastFlagNumber(plan.gunicorn.args, "-t", "--timeout") ?? settings.timeout;
    return [
      ...await checkAcceptedConf(view, plan),
      checkPort(config.listens, settings.port, isAsked),
      checkMaxBody(proxied),
      checkReadTimeout(proxied, timeout),
      checkLogs(findPaths(root, build).logs, plan.links),
    ];
  }

  function judgeOthers(workerBytes: number | undefined): Finding[] {
    const { args, cwd } = plan.gunicorn;
    const workers = lastFlagNumber(args, "-w", "--workers") ?? request.settings.workers;
    const conf = lastFlagValue(args, "-c", "--config") ?? "gunicorn.conf.py";
    const file = conf.replace(/^file:/, "");
    return [
      ...plan.links.map((link) => checkLink(link, readLinkState(link))),
      checkOwnSettings(
        canRead(file.startsWith("/") ? file : `${cwd}/${file}`) ? [conf] : [],
        environmentVariable("GUNICORN_CMD_ARGS"),
      ),
      checkWorkers(workers, usableCpus()),
      checkMemory(workers, memoryLimit(), workerBytes),
      checkStopBudget(plan),
      checkDrainDelay(plan.deadlines),
      checkPid(ownPid()),
    ];
  }

  async function askVersion(
    name: "nginx" | "gunicorn",
    flag: string,
  ): Promise<CommandOutput | { complaint: string } | undefined> {
    const path = findExecutable(plan[name].executable);
    return path === undefined ? undefined : await ask(path, [flag]);
  }

  async function askPython(): Promise<{ findings: Finding[]; workerBytes?: number }> {
    const nothing = (complaint: string) => ({ findings: [checkPython(complaint)] });
    const { args, cwd } = plan.gunicorn;
    const gunicorn = findExecutable(plan.gunicorn.executable);
    if (gunicorn === undefined) return { findings: [] };
    const python = interpreterOf(readTextFile(gunicorn));
    if (python === undefined || !/\/?(python|pypy)[\d.]*$/.test(python)) {
      return nothing(`${gunicorn} names no Python in its first line`);
    }
    const { app } = request.settings;
    const chdir = lastFlagValue(args, "--chdir") ?? cwd;
    const folder = chdir.startsWith("/") ? chdir : `${cwd}/${chdir}`;
    const workerClass = lastFlagValue(args, "-k", "--worker-class") ?? request.settings.workerClass;
    const paths = lastFlagValue(args, "--pythonpath")?.split(",") ?? [];
    if (!isDirectory(folder)) return { findings: [] };
    const { importApp = false } = request.options;
    const answer = await ask(python, [
      ...["-B", "-c", script],
      ...[folder, workerClass, app, importApp ? "yes" : "no", ...paths],
    ], importApp ? IMPORT_PATIENCE_MS : PATIENCE_MS);
    if ("complaint" in answer) return nothing(answer.complaint);
    if (answer.code !== 0 || !answer.stdout) return nothing(lastLine(answer.stderr));
    const look: ProbeResult = { python, ...JSON.parse(lastLine(answer.stdout)) };
    return {
      findings: [checkWorkerClass(workerClass, look), checkApp(app, folder, look)],
      workerBytes: look.app?.workerBytes,
    };
  }

  async function ask(
    path: string,
    args: string[],
    patience = PATIENCE_MS,
  ): Promise<CommandOutput | { complaint: string }> {
    // A module that is imported for the first time would leave its compiled form behind.
    const env = { PYTHONDONTWRITEBYTECODE: "1" };
    try {
      return await inTime(patience, (signal) => runCommand(path, args, reaper, signal, env));
    } catch (error) {
      return { complaint: (error as Error).message };
    }
  }

  async function inTime<T>(
    milliseconds: number,
    look: (signal: AbortSignal) => Promise<T>,
  ): Promise<T | Late> {
    const late = new AbortController();
    const answer = look(late.signal);
    if (await happensWithin(clock, milliseconds, answer)) return await answer;
    late.abort();
    await answer;
    return new Late(milliseconds);
  }
}

function toldBy(
  answer: CommandOutput | { complaint: string },
  version: (text: string) => string,
): VersionResult {
  if ("complaint" in answer) return answer;
  return answer.code === 0
    ? { version: version(answer.stdout + answer.stderr) }
    : { complaint: lastLine(answer.stderr) };
}

function lastLine(text: string): string {
  return text.trim().split("\n").at(-1) || "it does not say why";
}
