/** Tells whether a state folder can be trusted, and whether everything with a name of tandem's in it is tandem's. */

import { builtInConfFolder } from "../../plan/built_in_conf.ts";
import { type FolderAccess, futureFolderAccess } from "../files/access.ts";
import { parentOf, withoutSlashes } from "../files/files.ts";
import { exists, lstatIfExists, readTextIfExists, statIfExists } from "../system/if_exists.ts";
import { nameOfUser } from "../system/users.ts";
import { isConfFolderOfTandem } from "./conf_folder.ts";
import { pidFilePath, stateFilePath } from "./file.ts";

export type StateFolder =
  | FolderAccess
  /** Its owner could replace the conf that nginx loads. */
  | { kind: "another's"; owner: string }
  /** Other users can write to it. @property isMount whether it is a volume, whose mode the image cannot set */
  | { kind: "open"; mode: string; isMount: boolean }
  /** This path has a name that tandem uses, and is not tandem's. */
  | { kind: "occupied"; path: string };

/** Changes nothing. A folder that is still to be created counts as its nearest ancestor. */
export function inspectStateFolder(folder: string): StateFolder {
  if (!exists(folder)) return futureFolderAccess(folder);
  const entry = lstatIfExists(withoutSlashes(folder));
  const info = entry?.isSymlink ? statIfExists(folder) : entry;
  if (!entry || !info?.isDirectory) return { kind: "missing" };
  const distrusted = [entry, info].find((one) => !isTrusted(one));
  if (distrusted) return { kind: "another's", owner: nameOfUser(distrusted.uid ?? 0) };
  const path = occupiedPath(folder);
  if (path !== undefined) return { kind: "occupied", path };
  const access = futureFolderAccess(folder);
  if (access.kind !== "writable" || isSticky(info) || !isOpenToOthers(info)) return access;
  const mode = ((info.mode ?? 0) & 0o7777).toString(8).padStart(4, "0");
  const isMount = info.dev !== statIfExists(parentOf(Deno.realPathSync(folder)))?.dev;
  return { kind: "open", mode, isMount };
}

function occupiedPath(folder: string): string | undefined {
  const isOurs: [path: string, (path: string) => boolean][] = [
    [stateFilePath(folder), (path) => hasText(path, isState)],
    [pidFilePath(folder), (path) => hasText(path, isPid)],
    [builtInConfFolder(folder), (path) => {
      const info = lstatIfExists(path);
      return info !== undefined && info.isDirectory && isTrusted(info) && !isOpenToOthers(info) &&
        isConfFolderOfTandem(path);
    }],
  ];
  return isOurs.find(([path, isOurs]) => exists(path) && !isOurs(path))?.[0];
}

/** Whether it is a file, of a trusted owner, and its text passes. After a crash of the machine it may hold only NULs. */
function hasText(path: string, passes: (text: string) => boolean): boolean {
  const info = lstatIfExists(path);
  if (!info?.isFile || !isTrusted(info)) return false;
  const text = readTextIfExists(path);
  return text !== undefined && (/^\0*$/.test(text) || passes(text));
}

function isPid(text: string): boolean {
  return /^\d+\n?$/.test(text);
}

/** Whether a tandem of any version wrote it. */
function isState(text: string): boolean {
  try {
    const { pid, startTicks } = JSON.parse(text);
    return typeof pid === "number" && typeof startTicks === "number";
  } catch {
    return false;
  }
}

function isTrusted({ uid }: Deno.FileInfo): boolean {
  return uid === 0 || uid === Deno.uid();
}

const STICKY = 0o1000;

/** In a sticky folder only the owner of a file can rename or remove it. */
function isSticky({ mode }: Deno.FileInfo): boolean {
  return ((mode ?? 0) & STICKY) !== 0;
}

/** The group root counts as root: images for any user, such as OpenShift's, give it their folders. */
function isOpenToOthers({ mode, gid }: Deno.FileInfo): boolean {
  return ((mode ?? 0) & (gid === 0 ? 0o002 : 0o022)) !== 0;
}
