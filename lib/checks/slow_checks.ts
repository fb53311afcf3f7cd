/** The slow rules, which only `check` runs: they start nginx and gunicorn. */

import { canRead, isRegularFile } from "../host/files/files.ts";
import type { CommandOutput } from "../host/process/child.ts";
import { findExecutable } from "../host/process/executable.ts";
import type { Reaper } from "../host/process/reaper.ts";
import type { Clock } from "../host/system/clock.ts";
import { parseBuild } from "../nginx/paths.ts";
import type { ChildName, LaunchPlan } from "../plan/launch_plan.ts";
import type { Invocation } from "../plan/settings.ts";
import { dryRunNginx } from "./nginx_dry_run.ts";
import type { NginxTestResult } from "./nginx_test.ts";
import type { VersionResult } from "./rules/executables.ts";
import { type Complaint, lastLine, runTimedCommand, withinTime } from "./timed_command.ts";

export interface SlowCheckDependencies {
  reaper: Reaper;
  clock: Clock;
  /** Returns the text of the built-in conf for a state folder. */
  builtInConf(stateDir: string): string;
}

const TIMEOUT_MS = 10_000;

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

function isReadableFile(path: string): boolean {
  return canRead(path) && isRegularFile(path);
}

/** @returns `undefined` if nginx does not run, or if there is no conf to test */
export async function testConf(
  { settings }: Invocation,
  plan: LaunchPlan,
  nginxBuild: string | undefined,
  { reaper, clock, builtInConf }: SlowCheckDependencies,
): Promise<NginxTestResult | undefined> {
  const hasConf = plan.builtInConf !== undefined || isReadableFile(plan.nginx.args[1]!);
  if (nginxBuild === undefined || !hasConf) return undefined;
  // A hostname in the conf that no DNS server answers for holds nginx up.
  const result = await withinTime(
    clock,
    TIMEOUT_MS,
    (signal) => dryRunNginx(plan, settings, nginxBuild, reaper, builtInConf, signal),
  );
  return result && !("kind" in result) ? { kind: "refused", ...result } : result;
}
