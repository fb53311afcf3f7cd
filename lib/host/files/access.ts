/** Finds out whether a file can be created in a folder, and if not, why. */

import { canWrite, isDirectory, parentOf } from "./files.ts";
import { isSameFile, lstatIfExists, readTextIfExists, statIfExists } from "../system/if_exists.ts";
import { cString, libc } from "../system/libc.ts";
import { type Mount, parseMounts } from "../system/mounts.ts";
import { nameOfUser } from "../system/users.ts";

/** A folder in which tandem, nginx or gunicorn creates a file. */
export type FolderAccess =
  | { kind: "writable" }
  | { kind: "missing" }
  /** @property why for parentheses in a message: "it belongs to root, …" */
  | { kind: "closed"; why: string };

/** What is at the path of a socket that gunicorn or nginx is to make. */
export type SocketState =
  | { kind: "nothing" }
  | { kind: "live"; holder: string }
  | { kind: "stale" }
  /** In a sticky folder, where only the owner may remove it, or in one that is not writable. */
  | { kind: "stale, another's"; owner: string }
  | { kind: "no socket" };

export function folderAccess(folder: string): FolderAccess {
  if (!isDirectory(folder)) return { kind: "missing" };
  return canWrite(folder) ? { kind: "writable" } : { kind: "closed", why: whyClosed(folder) };
}

/** Access to a folder that will be created if missing: that of its nearest existing ancestor. */
export function futureFolderAccess(folder: string): FolderAccess {
  const parent = parentOf(folder);
  return folder === parent || lstatIfExists(folder)
    ? folderAccess(folder)
    : futureFolderAccess(parent);
}

/** @param folder that this process cannot write to */
function whyClosed(folder: string): string {
  if (isReadOnly(folder)) return "a read-only file system";
  const { uid, mode } = Deno.statSync(folder);
  const bits = ((mode ?? 0) & 0o7777).toString(8).padStart(4, "0");
  return `it belongs to ${nameOfUser(uid ?? 0)}, mode ${bits}, and tandem runs as ${
    nameOfUser(Deno.uid() ?? 0)
  }`;
}

/** The size of `struct statfs`, whose first field is the type; statfs(2) has the numbers of the types. */
const STATFS_BYTES = 120;
const TMPFS_MAGIC = 0x01021994n;

export function isTmpfs(folder: string): boolean {
  const statfs = new Uint8Array(STATFS_BYTES);
  if (libc().statfs(cString(folder), statfs) !== 0) return false;
  return new DataView(statfs.buffer).getBigInt64(0, true) === TMPFS_MAGIC;
}

/** The mount with the longest path above the folder; of mounts on one path the last hides the others. */
function mountOf(folder: string): Mount | undefined {
  let found: Mount | undefined;
  for (const mount of parseMounts(readTextIfExists("/proc/self/mountinfo") ?? "")) {
    const { point } = mount;
    const isAbove = point === "/" || folder === point || folder.startsWith(`${point}/`);
    if (isAbove && point.length >= (found?.point.length ?? 0)) found = mount;
  }
  return found;
}

function isReadOnly(folder: string): boolean {
  const mount = mountOf(folder);
  return [mount?.options, mount?.fileSystemOptions].some((options) => options?.includes("ro"));
}

const STICKY = 0o1000;

/** What is at the path of a socket if no process listens on it. */
export function socketFileState(path: string): SocketState {
  const entry = lstatIfExists(path);
  if (!entry) return { kind: "nothing" };
  // gunicorn follows a link before it decides whether to remove what is there.
  const target = entry.isSymlink ? statIfExists(path) ?? entry : entry;
  if (target.isFile || target.isDirectory || target.isSymlink) return { kind: "no socket" };
  const folder = Deno.statSync(parentOf(path));
  const self = Deno.uid();
  const mayRemove = self === 0 || self === entry.uid || self === folder.uid;
  const isKept = (folder.mode ?? 0) & STICKY && !mayRemove || !canWrite(parentOf(path));
  return isKept
    ? { kind: "stale, another's", owner: nameOfUser(entry.uid ?? 0) }
    : { kind: "stale" };
}

/** Whether two paths name one file, which may be missing, even if links lead to its folder. */
export function isSamePath(a: string, b: string): boolean {
  if (a === b) return true;
  if (a.slice(a.lastIndexOf("/")) !== b.slice(b.lastIndexOf("/"))) return false;
  return isSameFile(statIfExists(parentOf(a)), statIfExists(parentOf(b)));
}
