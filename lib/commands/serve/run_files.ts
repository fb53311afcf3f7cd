/** Opens the files of a run in the state folder, and removes what the run made. */

import { formatFinding } from "../../checks/rules/finding.ts";
import { checkStateFolder } from "../../checks/rules/places.ts";
import { futureFolderAccess } from "../../host/files/access.ts";
import { createFolder } from "../../host/files/files.ts";
import { openStateFile, type StateFile } from "../../host/state/file.ts";
import { inspectStateFolder } from "../../host/state/folder.ts";
import { LockRefused, stateLockPath } from "../../host/state/instance_lock.ts";
import type { ProcessIdentity } from "../../host/state/schema.ts";
import type { Log } from "../../log.ts";
import { formatError } from "../../plan/format.ts";
import { warnIfNotExclusive } from "./locks.ts";
import type { Settings } from "../../plan/settings.ts";

/**
 * Opens the state file and writes the built-in conf.
 * @param needsConf whether nginx runs with the built-in conf or with a copy of it, which names the same folder
 * @returns `undefined` if the pair can serve without them
 * @throws {LockRefused} if another tandem uses the folder
 */
export async function openRunFiles(
  settings: Settings,
  self: ProcessIdentity,
  log: Log,
  needsConf: boolean,
): Promise<StateFile | "refused" | undefined> {
  const { stateDir } = settings;
  let stateFile: StateFile | undefined;
  try {
    if (!createFolder(stateDir)) {
      // Another user can have created it since preflight.
      const finding = checkStateFolder(stateDir, inspectStateFolder(stateDir), needsConf);
      if (finding.result === "failed") {
        log.error("refused", formatFinding(finding));
        return "refused";
      }
    }
    const opened = await openStateFile(stateDir, self);
    stateFile = opened;
    warnIfNotExclusive(opened.lock, stateLockPath(stateDir), log);
    if (needsConf) (await import("./own_conf.ts")).writeBuiltInConf(settings);
    return stateFile;
  } catch (error) {
    if (error instanceof LockRefused) throw error;
    await tidyUp(log, [[stateDir, () => stateFile?.remove()]]);
    const text = `cannot keep state in ${stateDir}: ${formatError(error)}: ` +
      "choose another --state-dir";
    if (needsConf) log.error("refused", text);
    // If the folder cannot be created, preflight has said so.
    else if (futureFolderAccess(stateDir).kind === "writable") log.warning("no-state-file", text);
    return needsConf ? "refused" : undefined;
  }
}

/** What cannot be removed is only a warning: the exit status is that of the run. */
export async function tidyUp(
  log: Log,
  steps: [path: string, remove: () => unknown][],
): Promise<void> {
  for (const [path, remove] of steps) {
    try {
      await remove();
    } catch (error) {
      log.warning(
        "not-removed",
        `cannot tidy up ${path}: ${formatError(error)}: remove it by hand`,
      );
    }
  }
}
