/** Tells the running tandem, beside the SIGHUP, that one reload is to import the app first. */

import { exists } from "../system/if_exists.ts";
import { removeIfExists, writeTextFile } from "../files/files.ts";

const NAME = "reload-import-app";

/** @throws the file system's error */
export function requestImport(stateDir: string): void {
  writeTextFile(`${stateDir}/${NAME}`, "");
}

/** Removes the request. @returns whether there was one */
export function takeImportRequest(stateDir: string): boolean {
  const path = `${stateDir}/${NAME}`;
  const isRequested = exists(path);
  if (isRequested) removeIfExists(path);
  return isRequested;
}
