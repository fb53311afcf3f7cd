/** Has nginx test its conf for `check`, and undoes everything that the test creates or changes. */

import { readConfFiles } from "../host/files/conf_files.ts";
import { exists } from "../host/system/if_exists.ts";
import {
  createFolder,
  createPrivateFolder,
  removeIfExists,
  writeAtomically,
} from "../host/files/files.ts";
import { temporaryFolder, undoCreation } from "../host/files/undo.ts";
import type { Reaper } from "../host/process/reaper.ts";
import { namesConfFolder } from "../host/state/conf_folder.ts";
import { findPaths, type NginxBuild, parseBuild } from "../nginx/paths.ts";
import { builtInConfFolder } from "../plan/built_in_conf.ts";
import { buildTree } from "../nginx/tree.ts";
import type { LaunchPlan } from "../plan/launch_plan.ts";
import type { Settings } from "../plan/settings.ts";
import { type NginxTestResult, testNginx } from "./nginx_test.ts";

/**
 * A test creates the missing pid file, log files and temp folders, and as root gives the temp folders to nginx's user.
 * @param version the output of `nginx -V`
 * @param builtInConf returns the text of the built-in conf for a state folder
 * @returns `undefined` if there is no place to write the built-in conf to
 */
export async function dryRunNginx(
  plan: LaunchPlan,
  { stateDir, logDir }: Settings,
  version: string,
  reaper: Reaper,
  builtInConf: (stateDir: string) => string,
  signal: AbortSignal,
): Promise<NginxTestResult | undefined> {
  const build = parseBuild(version);
  // `serve` creates it before it starts nginx.
  using _logFolder = plan.links.length && !exists(logDir) ? temporaryFolder(logDir) : undefined;
  if (!plan.builtInConf) {
    const conf = plan.nginx.args[1]!;
    const folder = builtInConfFolder(stateDir);
    using _folder = namesConfFolder(conf, folder) ? temporaryFolder(folder) : undefined;
    return await test(conf);
  }

  using _stateDir = temporaryFolder(stateDir);
  const folder = createWorkFolder();
  // The rule on the state folder reports this.
  if (folder === undefined) return undefined;
  try {
    const conf = `${builtInConfFolder(folder)}/nginx.conf`;
    createFolder(builtInConfFolder(folder));
    writeAtomically(conf, builtInConf(folder));
    return asInStateFolder(await test(conf), folder);
  } finally {
    removeIfExists(folder, { recursive: true });
  }

  function createWorkFolder(): string | undefined {
    for (const parent of [undefined, stateDir]) {
      try {
        return createPrivateFolder("tandem-check-", parent);
      } catch {
        // With a read-only root /tmp may be read-only, while the state folder is a writable mount.
      }
    }
    return undefined;
  }

  async function test(conf: string): Promise<NginxTestResult> {
    using _ = undoCreation(createdPaths(conf, build));
    return await testNginx({ ...plan.nginx, args: ["-c", conf] }, reaper, signal);
  }

  function asInStateFolder(answer: NginxTestResult, folder: string): NginxTestResult {
    return JSON.parse(JSON.stringify(answer).replaceAll(folder, stateDir));
  }
}

/** What a test may create: the paths that the conf names, and nginx's built-in defaults. */
function createdPaths(conf: string, build: NginxBuild): string[] {
  const { pid, logs, temps } = findPaths(buildTree(readConfFiles(conf)), build);
  const builtIn = findPaths({ name: "", args: [], children: [] }, build);
  return [...new Set([pid, ...logs, ...temps, ...builtIn.logs, ...builtIn.temps])];
}
