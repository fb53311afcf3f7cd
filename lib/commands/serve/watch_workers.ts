/** Has each death of a gunicorn worker said where gunicorn's output is not relayed. */

import { isRegularFile } from "../../host/files/files.ts";
import { openPidfds } from "../../host/process/pidfds.ts";
import { listWorkers } from "../../host/process/tree.ts";
import { environmentVariable } from "../../host/system/environment.ts";
import { readTextIfExists } from "../../host/system/if_exists.ts";
import { flagValues, lastFlagNumber } from "../../plan/gunicorn_arguments.ts";
import type { ChildPlan } from "../../plan/launch_plan.ts";
import { type DeathDependencies, WorkerDeaths } from "../../supervise/worker_deaths.ts";
import { WorkerWatch } from "../../supervise/worker_watch.ts";

/** @returns `undefined` if the kernel cannot tell of the end of another's child */
export function watchWorkers(
  gunicorn: ChildPlan,
  master: number,
  dependencies: DeathDependencies,
): WorkerWatch | undefined {
  const pidfds = openPidfds();
  if (!pidfds) return undefined;
  const { clock, log, onCount } = dependencies;
  onCount(0, {});
  const deaths = new WorkerDeaths(dependencies);
  const watch = new WorkerWatch({
    ...{ clock, pidfds },
    listWorkers: () => listWorkers(master),
    workers: lastFlagNumber(gunicorn.args, "-w", "--workers") ?? 1,
    replacesWorkers: replacesWorkers(gunicorn),
    onDeath: (death) => deaths.onDeath(death),
  });
  watch.run().catch((error: Error) => log.debug("workers-not-watched", error.message));
  return watch;
}

/** Whether any of gunicorn's settings may make it replace workers by itself; `preload` does not. */
function replacesWorkers({ args, cwd }: ChildPlan): boolean {
  const flags = `${args.join(" ")} ${environmentVariable("GUNICORN_CMD_ARGS") ?? ""}`;
  const confs = [`${cwd}/gunicorn.conf.py`];
  for (const conf of flagValues(flags.split(" "), "-c", "--config")) {
    confs.push(conf.startsWith("/") ? conf : `${cwd}/${conf}`);
  }
  const texts = confs.map((conf) => isRegularFile(conf) ? readTextIfExists(conf) : undefined);
  return [flags, ...texts].some((text) => /max[-_]requests|(?<!p)reload/.test(text ?? ""));
}
