/** The slow rules, which only `check` runs: they start nginx, gunicorn and gunicorn's Python. */

import { canRead, isDirectory, readTextFile } from "../host/files/files.ts";
import { type CommandOutput, findExecutable } from "../host/process/child.ts";
import type { Reaper } from "../host/process/reaper.ts";
import type { Clock } from "../host/system/clock.ts";
import { parseBuild } from "../nginx/paths.ts";
import { lastFlagValue } from "../plan/gunicorn_arguments.ts";
import type { ChildName, LaunchPlan } from "../plan/launch_plan.ts";
import type { Invocation } from "../plan/settings.ts";
import { dryRunNginx } from "./nginx_dry_run.ts";
import type { NginxTestResult } from "./nginx_test.ts";
import script from "./probe.py" with { type: "text" };
import { interpreterOf, type VersionResult } from "./rules/executables.ts";
import type { Finding } from "./rules/finding.ts";
import { checkApp, checkPython, checkWorkerClass, type ProbeResult } from "./rules/gunicorn.ts";
import { type Complaint, runTimedCommand, withinTime } from "./timed_command.ts";

export interface SlowCheckDependencies {
  reaper: Reaper;
  clock: Clock;
  /** Returns the text of the built-in conf for a state folder. */
  builtInConf(stateDir: string): string;
}

const TIMEOUT_MS = 10_000;
/** SageMaker gives a container 8 minutes to answer its first ping. */
const IMPORT_TIMEOUT_MS = 8 * 60_000;

export interface Versions {
  results: Partial<Record<ChildName, VersionResult>>;
  /** The output of `nginx -V`; `undefined` if nginx does not run. */
  nginxBuild: string | undefined;
}

export async function readVersions(
  plan: LaunchPlan,
  dependencies: SlowCheckDependencies,
): Promise<Versions> {
  const [nginx, gunicorn] = await Promise.all([run("nginx", "-V"), run("gunicorn", "--version")]);
  return {
    results: {
      nginx: nginx && toVersion(nginx, (text) => parseBuild(text).version),
      gunicorn: gunicorn && toVersion(gunicorn, (text) => `gunicorn ${/[\d.]+\w*/.exec(text)}`),
    },
    nginxBuild: nginx && !("complaint" in nginx) ? nginx.stderr : undefined,
  };

  async function run(
    name: ChildName,
    flag: string,
  ): Promise<CommandOutput | Complaint | undefined> {
    const path = findExecutable(plan[name].executable);
    return path === undefined
      ? undefined
      : await runTimedCommand(path, [flag], TIMEOUT_MS, dependencies);
  }
}

function toVersion(
  output: CommandOutput | Complaint,
  find: (text: string) => string,
): VersionResult {
  if ("complaint" in output) return output;
  return output.code === 0
    ? { version: find(output.stdout + output.stderr) }
    : { complaint: lastLine(output.stderr) };
}

/** @returns `undefined` if nginx does not run, or if there is no conf to test */
export async function testConf(
  { settings }: Invocation,
  plan: LaunchPlan,
  nginxBuild: string | undefined,
  { reaper, clock, builtInConf }: SlowCheckDependencies,
): Promise<NginxTestResult | undefined> {
  const hasConf = plan.builtInConf !== undefined || canRead(plan.nginx.args[1]!);
  if (nginxBuild === undefined || !hasConf) return undefined;
  // A hostname in the conf that no DNS server answers for holds nginx up.
  const result = await withinTime(
    clock,
    TIMEOUT_MS,
    (signal) => dryRunNginx(plan, settings, nginxBuild, reaper, builtInConf, signal),
  );
  return result && !("kind" in result) ? { kind: "refused", ...result } : result;
}

export interface PythonProbe {
  findings: Finding[];
  /** The memory of a worker with the app; only if the app was imported. */
  workerBytes?: number;
}

/** Asks gunicorn's Python for the worker class and the app's module, and with --import-app for the app. */
export async function probePython(
  { settings, options }: Invocation,
  { gunicorn: { executable, args, cwd } }: LaunchPlan,
  dependencies: SlowCheckDependencies,
): Promise<PythonProbe> {
  const failure = (complaint: string) => ({ findings: [checkPython(complaint)] });
  const gunicorn = findExecutable(executable);
  if (gunicorn === undefined) return { findings: [] };
  const python = interpreterOf(readTextFile(gunicorn));
  if (python === undefined || !/\/?(python|pypy)[\d.]*$/.test(python)) {
    return failure(`the first line of ${gunicorn} names no Python`);
  }
  const { app } = settings;
  const chdir = lastFlagValue(args, "--chdir") ?? cwd;
  const folder = chdir.startsWith("/") ? chdir : `${cwd}/${chdir}`;
  if (!isDirectory(folder)) return { findings: [] };
  const workerClass = lastFlagValue(args, "-k", "--worker-class") ?? settings.workerClass;
  const paths = lastFlagValue(args, "--pythonpath")?.split(",") ?? [];
  const { importApp = false } = options;
  const output = await runTimedCommand(
    python,
    ["-B", "-c", script, folder, workerClass, app, importApp ? "yes" : "no", ...paths],
    importApp ? IMPORT_TIMEOUT_MS : TIMEOUT_MS,
    dependencies,
  );
  if ("complaint" in output) return failure(output.complaint);
  if (output.code !== 0 || !output.stdout) return failure(lastLine(output.stderr));
  const probe: ProbeResult = { python, ...JSON.parse(lastLine(output.stdout)) };
  return {
    findings: [checkWorkerClass(workerClass, probe), checkApp(app, folder, probe)],
    workerBytes: probe.app?.workerBytes,
  };
}

function lastLine(text: string): string {
  return text.trim().split("\n").at(-1) || "it prints no reason";
}
