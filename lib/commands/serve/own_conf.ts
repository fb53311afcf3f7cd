/** Writes the built-in conf of a run, and its drain mark. */

import template from "../../../nginx.conf" with { type: "text" };
import { createFolder, removeIfExists, writeAtomically } from "../../host/files/files.ts";
import type { Log } from "../../log.ts";
import { builtInConfFolder, drainMarkPath, fillBuiltInConf } from "../../plan/built_in_conf.ts";
import { formatError } from "../../plan/format.ts";
import type { Settings } from "../../plan/settings.ts";

/** @throws the file system's error */
export function writeBuiltInConf(settings: Settings): void {
  const folder = builtInConfFolder(settings.stateDir);
  createFolder(folder);
  // Of a run that was killed during its drain delay.
  removeIfExists(drainMarkPath(settings.stateDir));
  writeAtomically(`${folder}/nginx.conf`, fillBuiltInConf(template, settings));
}

/** From now on the built-in conf answers the ready path with 503, so that load balancers look away. */
export function failReadiness({ stateDir, drainDelay }: Settings, log: Log): void {
  // Without a delay nginx stops accepting at once.
  if (drainDelay === 0) return;
  try {
    writeAtomically(drainMarkPath(stateDir), "");
  } catch (error) {
    const text = `the ready path still answers 200 while draining: ${formatError(error)}`;
    log.warning("drain-mark", text);
  }
}
