/** Asks gunicorn's own Python what gunicorn would do: its settings, its worker class and the app. */

import { isDirectory } from "../host/files/files.ts";
import { findExecutable } from "../host/process/executable.ts";
import type { LaunchPlan } from "../plan/launch_plan.ts";
import script from "./probe.py" with { type: "text" };
import { readInterpreter } from "./interpreter.ts";
import type { Finding } from "./rules/finding.ts";
import {
  checkApp,
  checkGunicornSettings,
  checkPython,
  checkSettingsComplaint,
  checkWorkerClass,
  findDaemonFlag,
  type ProbeResult,
} from "./rules/gunicorn.ts";
import type { ResolvedGunicorn } from "./rules/gunicorn_advice.ts";
import { type CommandTools, lastLine, runTimedCommand } from "./timed_command.ts";

/** Longer than any conf file of gunicorn should take. */
const TIMEOUT_MS = 10_000;
/** SageMaker gives a container 8 minutes to answer its first ping. */
const IMPORT_TIMEOUT_MS = 8 * 60_000;

/** `import`: whether to import the app as a worker would, which runs its code. */
export interface ProbeOptions extends CommandTools {
  import: boolean;
  /** Milliseconds. */
  limit?: number;
}

export interface PythonProbe {
  settings: Finding[];
  /** On the worker class and the app. */
  app: Finding[];
  /** gunicorn's names of the settings that the user has set; `undefined` if gunicorn could not be asked. */
  chosen?: string[];
  /** The memory of a worker with the app; only if the app was imported. */
  workerBytes?: number;
  /** `undefined` if gunicorn could not be asked. */
  facts?: ResolvedGunicorn;
  /** What has initialised CUDA, if the app was imported. */
  cuda?: string;
}

/** gunicorn's loader runs with the very arguments, directory and variables that gunicorn gets from tandem. */
export async function probeGunicorn(
  { gunicorn: { executable, args, cwd }, socket }: LaunchPlan,
  options: ProbeOptions,
): Promise<PythonProbe> {
  const gunicorn = findExecutable(executable);
  if (gunicorn === undefined || !isDirectory(cwd)) return { settings: [], app: [] };
  const python = readInterpreter(gunicorn);
  if (python === undefined || !/\/?(python|pypy)[\d.]*$/.test(python)) {
    return notAsked(`the first line of ${gunicorn} names no Python`);
  }
  const output = await runTimedCommand(
    python,
    ["-B", "-c", script, JSON.stringify({ gunicorn, args, cwd, importApp: options.import })],
    options.limit ?? (options.import ? IMPORT_TIMEOUT_MS : TIMEOUT_MS),
    options,
  );
  if ("complaint" in output) return notAsked(output.complaint);
  if (output.code !== 0 || !output.stdout) return notAsked(lastLine(output.stderr));
  const probe: ProbeResult | { complaint: string } = JSON.parse(lastLine(output.stdout));
  if ("complaint" in probe) return { settings: [checkSettingsComplaint(probe.complaint)], app: [] };
  return {
    settings: [checkGunicornSettings(probe.settings, socket)],
    app: [checkWorkerClass(probe, python), checkApp(probe, python)],
    chosen: probe.settings.chosen,
    workerBytes: probe.import?.workerBytes,
    facts: probe.facts,
    cuda: probe.import?.cuda ?? undefined,
  };

  function notAsked(complaint: string): PythonProbe {
    return { settings: [findDaemonFlag(args) ?? []].flat(), app: [checkPython(complaint)] };
  }
}
