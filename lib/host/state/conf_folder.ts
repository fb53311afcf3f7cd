/** The folder of the built-in nginx.conf: tells tandem's from others', and removes exactly what tandem and nginx made. */

import { BUILT_IN_CONF_MARK } from "../../plan/built_in_conf.ts";
import { removeIfExists } from "../files/files.ts";
import { listNames, lstatIfExists, readTextIfExists, statIfExists } from "../system/if_exists.ts";

const CONF = "nginx.conf";
/** Left by a tandem that was killed as it wrote the conf. */
const HALF_WRITTEN_CONF = "nginx.conf.new";
/** What the conf names. */
const OTHER_FILES = ["nginx.pid", "draining"];
const TEMP_FOLDERS = ["body", "proxy", "fastcgi", "uwsgi", "scgi"];
/** What nginx calls a temp file. */
const TEMP_FILE = /^\d{10,}$/;

/** Longer files are not what `tandem nginx-conf` prints, even with additions. */
const LONGEST_COPY = 64 * 1024;

/** Whether a conf needs the folder, as one that `tandem nginx-conf` has printed does. */
export function namesConfFolder(conf: string, folder: string): boolean {
  const info = statIfExists(conf);
  return info !== undefined && info.isFile && info.size <= LONGEST_COPY &&
    readTextIfExists(conf)?.includes(`"${folder}/`) === true;
}

/** By the mark at the start of the conf in it; a folder without a conf has to be empty. */
export function isConfFolderOfTandem(folder: string): boolean {
  const conf = lstatIfExists(`${folder}/${CONF}`);
  if (!conf) return listNames(folder).every((name) => name === HALF_WRITTEN_CONF);
  return conf.isFile &&
    readTextIfExists(`${folder}/${CONF}`)?.startsWith(BUILT_IN_CONF_MARK) === true;
}

/**
 * Keeps the conf, which marks the folder, if anything is left in it.
 * @throws an error that says what is left, or the file system's
 */
export function removeConfFolder(folder: string): void {
  if (!lstatIfExists(folder)) return;
  for (const name of TEMP_FOLDERS) removeTempFolder(`${folder}/${name}`);
  for (const name of OTHER_FILES) removeIfExists(`${folder}/${name}`);
  for (const name of listNames(folder)) {
    if (name === HALF_WRITTEN_CONF) removeIfExists(`${folder}/${name}`);
    else if (name !== CONF) throw new Error(`tandem did not make ${name} in it`);
  }
  removeIfExists(`${folder}/${CONF}`);
  removeIfExists(folder);
}

function removeTempFolder(folder: string): void {
  try {
    // Often all there is to do. nginx's user owns it, so root without CAP_DAC_OVERRIDE cannot look into it.
    removeIfExists(folder);
  } catch {
    for (const name of listNames(folder)) {
      if (TEMP_FILE.test(name)) removeIfExists(`${folder}/${name}`);
    }
    removeIfExists(folder);
  }
}
