/** Asks what this process may do with a path, and reads, writes and removes files. */

import { statIfExists } from "../system/if_exists.ts";
import { cString, libc } from "../system/libc.ts";

const F_OK = 0;
const W_OK = 2;
const X_OK = 1;
const R_OK = 4;

/** Whether this process may create files in a folder; counts read-only file systems and ACLs. */
export function canWrite(folder: string): boolean {
  return libc().access(cString(folder), W_OK | X_OK) === 0;
}

export function canRead(path: string): boolean {
  return libc().access(cString(path), R_OK) === 0;
}

export function parentOf(path: string): string {
  return path.slice(0, path.lastIndexOf("/")) || "/";
}

/** By access(2), because an exception that is thrown and caught costs Deno more than a millisecond. */
export function exists(path: string): boolean {
  return libc().access(cString(path), F_OK) === 0;
}

export function isDirectory(path: string): boolean {
  return statIfExists(path)?.isDirectory ?? false;
}

/** Follows links. */
export function isRegularFile(path: string): boolean {
  return statIfExists(path)?.isFile ?? false;
}

/** Readers see the old text or the new one: writes PATH.PID.new and renames it. @throws the file system's error */
export function writeAtomically(path: string, text: string): void {
  const fresh = `${path}.${Deno.pid}.new`;
  Deno.writeTextFileSync(fresh, text);
  Deno.renameSync(fresh, path);
}

/** @throws the file system's error, unless the path is missing */
export function removeIfExists(path: string, options?: Deno.RemoveOptions): void {
  try {
    Deno.removeSync(path, options);
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  }
}

/** In place, so that a device or a link stays one. @throws the file system's error */
export function writeTextFile(path: string, text: string): void {
  Deno.writeTextFileSync(path, text);
}

/** @throws the file system's error */
export function readTextFile(path: string): string {
  return Deno.readTextFileSync(path);
}

/** Creates missing ancestors too. @throws the file system's error */
export function createFolder(path: string): void {
  Deno.mkdirSync(path, { recursive: true, mode: 0o755 });
}

/**
 * Creates a folder with a unique name, mode 0755 so that nginx's workers may enter.
 * @param dir where to create it; the temp folder if left out
 * @throws the file system's error
 */
export function createPrivateFolder(prefix: string, dir?: string): string {
  const folder = Deno.makeTempDirSync({ prefix, dir });
  Deno.chmodSync(folder, 0o755);
  return folder;
}
