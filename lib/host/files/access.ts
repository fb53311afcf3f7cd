/** Whether something can be made in a folder, and what keeps it from being made. */

import { canWrite, isDirectory, parentOf } from "./files.ts";
import { nameOfUser } from "../system/users.ts";

/** A folder in which something has to be made. */
export type FolderAccess =
  | { kind: "writable" }
  | { kind: "missing" }
  /** In words that stand in parentheses: "it belongs to root, …". */
  | { kind: "closed"; why: string };

/** What is found where gunicorn is to make its socket. */
export type SocketState =
  | { kind: "nothing" }
  | { kind: "live"; holder: string }
  | { kind: "stale" }
  /** One that may not be removed, for the folder lets only owners do so. */
  | { kind: "stale, another's"; owner: string }
  | { kind: "no socket" };

export function folderAccess(folder: string): FolderAccess {
  if (!isDirectory(folder)) return { kind: "missing" };
  return canWrite(folder) ? { kind: "writable" } : { kind: "closed", why: whyClosed(folder) };
}

/** The same for a folder that may still have to be made, with those above it. */
export function futureFolderAccess(folder: string): FolderAccess {
  const above = parentOf(folder);
  return folder === above || statIfExists(folder)
    ? folderAccess(folder)
    : futureFolderAccess(above);
}

/** Asked only once it is clear that nobody can write there. */
function whyClosed(folder: string): string {
  if (isReadOnly(folder)) return "a read-only file system";
  const { uid, mode } = Deno.statSync(folder);
  const bits = ((mode ?? 0) & 0o7777).toString(8).padStart(4, "0");
  return `it belongs to ${nameOfUser(uid ?? 0)}, mode ${bits}, and tandem runs as ${
    nameOfUser(Deno.uid() ?? 0)
  }`;
}

/** By the mount that shows the folder: the longest that it lies in, and of these the last. */
function isReadOnly(folder: string): boolean {
  let longest = "";
  let isReadOnly = false;
  for (const line of mounts()) {
    const [, , , , point = "", options = ""] = line.split(" ");
    const isAround = point === "/" || folder === point || folder.startsWith(`${point}/`);
    if (!isAround || point.length < longest.length) continue;
    longest = point;
    const ofFileSystem = line.split(" - ")[1]?.split(" ")[2] ?? "";
    isReadOnly = [options, ofFileSystem].some((list) => list.split(",").includes("ro"));
  }
  return isReadOnly;
}

function mounts(): string[] {
  try {
    return Deno.readTextFileSync("/proc/self/mountinfo").split("\n");
  } catch {
    return [];
  }
}

const STICKY = 0o1000;

/** What lies where gunicorn makes its socket, when nobody answers on it. */
export function socketFileState(path: string): SocketState {
  const there = statIfExists(path);
  if (!there) return { kind: "nothing" };
  // gunicorn asks what a link leads to.
  const { isFile, isDirectory, isSymlink } = there.isSymlink ? follow(path) ?? there : there;
  if (isFile || isDirectory || isSymlink) return { kind: "no socket" };
  const folder = Deno.statSync(parentOf(path));
  const self = Deno.uid();
  const isMine = self === 0 || self === there.uid || self === folder.uid;
  return (folder.mode ?? 0) & STICKY && !isMine
    ? { kind: "stale, another's", owner: nameOfUser(there.uid ?? 0) }
    : { kind: "stale" };
}

/** Whether two names stand for one file, which need not be there, by way of links to its folder. */
export function isSamePath(one: string, other: string): boolean {
  if (one === other) return true;
  if (one.slice(one.lastIndexOf("/")) !== other.slice(other.lastIndexOf("/"))) return false;
  try {
    const [mine, yours] = [Deno.statSync(parentOf(one)), Deno.statSync(parentOf(other))];
    return mine.ino === yours.ino && mine.dev === yours.dev;
  } catch {
    return false;
  }
}

export function statIfExists(path: string): Deno.FileInfo | undefined {
  try {
    return Deno.lstatSync(path);
  } catch {
    return undefined;
  }
}

function follow(path: string): Deno.FileInfo | undefined {
  try {
    return Deno.statSync(path);
  } catch {
    return undefined;
  }
}
