import { readConfFiles } from "../host/files/conf_files.ts";
import {
  createFolder,
  createPrivateFolder,
  exists,
  removeIfExists,
  writeAtomically,
} from "../host/files/files.ts";
import type { Reaper } from "../host/process/reaper.ts";
import { temporaryFolder, undoCreation } from "../host/files/undo.ts";
import type { LaunchPlan } from "../plan/launch_plan.ts";
import { findPaths, type NginxBuild, parseBuild } from "../nginx/paths.ts";
import { parseTree } from "../nginx/tree.ts";
import type { Settings } from "../plan/settings.ts";
import { type NginxTestResult, testNginxWithPortsReserved } from "./nginx_test.ts";

/**
 * Has nginx test its conf. That makes the pid file, log files and temp folders that are not there yet, and gives temp
 * folders to nginx's user; all of it is undone.
 * @param told what `nginx -V` prints
 * @param builtInConf the text of the conf that is built in, for a state folder
 */
export async function dryRunNginx(
  plan: LaunchPlan,
  { stateDir, logDir }: Settings,
  told: string,
  reaper: Reaper,
  builtInConf: (stateDir: string) => string,
  signal: AbortSignal,
): Promise<NginxTestResult | undefined> {
  const build = parseBuild(told);
  // serve would have made it by then.
  using _logFolder = plan.links.length && !exists(logDir) ? temporaryFolder(logDir) : undefined;
  if (!plan.builtInConf) return await ask(plan.nginx.args[1]!);

  using _stateDir = temporaryFolder(stateDir);
  const folder = privateFolder();
  // Where nothing can be written the state folder's own check says so.
  if (folder === undefined) return undefined;
  try {
    createFolder(`${folder}/nginx`);
    const conf = `${folder}/nginx/nginx.conf`;
    writeAtomically(conf, builtInConf(folder));
    return inTheFolderToCome(await ask(conf), folder);
  } finally {
    removeIfExists(folder, { recursive: true });
  }

  function privateFolder(): string | undefined {
    for (const place of [undefined, stateDir]) {
      try {
        return createPrivateFolder("tandem-check-", place);
      } catch {
        // A read-only root has no temp folder, but perhaps one for the state.
      }
    }
    return undefined;
  }

  async function ask(conf: string): Promise<NginxTestResult> {
    using _ = undoCreation(tracesOf(conf, build));
    return await testNginxWithPortsReserved({ ...plan.nginx, args: ["-c", conf] }, reaper, signal);
  }

  function inTheFolderToCome(answer: NginxTestResult, folder: string): NginxTestResult {
    return JSON.parse(JSON.stringify(answer).replaceAll(folder, stateDir));
  }
}

/** What may come to be: all that the conf names and all that nginx was built with. */
function tracesOf(conf: string, build: NginxBuild): string[] {
  const { pid, logs, temps } = findPaths(parseTree(readConfFiles(conf)), build);
  const builtIn = findPaths({ name: "", args: [], children: [] }, build);
  return [...new Set([pid, ...logs, ...temps, ...builtIn.logs, ...builtIn.temps])];
}
