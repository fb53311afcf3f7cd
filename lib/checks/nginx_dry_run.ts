import { readConfFiles } from "../host/files/conf_files.ts";
import { exists, makeFolder, makePrivateFolder, removeIfThere, writeWhole } from "../host/files/files.ts";
import type { Reaper } from "../host/process/reaper.ts";
import { borrowedFolder, withoutTrace } from "../host/files/undo.ts";
import type { LaunchPlan } from "../plan/launch_plan.ts";
import { type NginxBuild, readBuild, readPaths } from "../nginx/paths.ts";
import { readTree } from "../nginx/tree.ts";
import type { Settings } from "../plan/settings.ts";
import { askNginxUnheard, type NginxAnswer } from "./nginx_test.ts";

/**
 * Has nginx test its conf. That makes the pid file, log files and temp folders that are not there yet, and gives temp
 * folders to nginx's user; all of it is undone.
 * @param told what `nginx -V` prints
 * @param builtInConf the text of the conf that is built in, for a state folder
 */
export async function askNginxWithoutTrace(
  plan: LaunchPlan,
  { stateDir, logDir }: Settings,
  told: string,
  reaper: Reaper,
  builtInConf: (stateDir: string) => string,
  signal: AbortSignal,
): Promise<NginxAnswer | undefined> {
  const build = readBuild(told);
  // serve would have made it by then.
  using _logFolder = plan.links.length && !exists(logDir) ? borrowedFolder(logDir) : undefined;
  if (!plan.builtInConf) return await ask(plan.nginx.args[1]!);

  using _stateDir = borrowedFolder(stateDir);
  const folder = privateFolder();
  // Where nothing can be written the state folder's own check says so.
  if (folder === undefined) return undefined;
  try {
    makeFolder(`${folder}/nginx`);
    const conf = `${folder}/nginx/nginx.conf`;
    writeWhole(conf, builtInConf(folder));
    return inTheFolderToCome(await ask(conf), folder);
  } finally {
    removeIfThere(folder, { recursive: true });
  }

  function privateFolder(): string | undefined {
    for (const place of [undefined, stateDir]) {
      try {
        return makePrivateFolder("tandem-check-", place);
      } catch {
        // A read-only root has no temp folder, but perhaps one for the state.
      }
    }
    return undefined;
  }

  async function ask(conf: string): Promise<NginxAnswer> {
    using _ = withoutTrace(tracesOf(conf, build));
    return await askNginxUnheard({ ...plan.nginx, args: ["-c", conf] }, reaper, signal);
  }

  function inTheFolderToCome(answer: NginxAnswer, folder: string): NginxAnswer {
    return JSON.parse(JSON.stringify(answer).replaceAll(folder, stateDir));
  }
}

/** What may come to be: all that the conf names and all that nginx was built with. */
function tracesOf(conf: string, build: NginxBuild): string[] {
  const { pid, logs, temps } = readPaths(readTree(readConfFiles(conf)), build);
  const builtIn = readPaths({ name: "", args: [], children: [] }, build);
  return [...new Set([pid, ...logs, ...temps, ...builtIn.logs, ...builtIn.temps])];
}
