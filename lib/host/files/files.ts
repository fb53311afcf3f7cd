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
  const slash = path.lastIndexOf("/");
  return slash < 0 ? "." : path.slice(0, slash) || "/";
}

/** By access(2), because an exception that is thrown and caught costs Deno more than a millisecond. */
export function exists(path: string): boolean {
  return libc().access(cString(path), F_OK) === 0;
}

export function isDirectory(path: string): boolean {
  return statIfExists(path)?.isDirectory ?? false;
}

/**
 * Readers see the old text or the new one: writes PATH.PID.new and renames it. The mode is 0644 whatever the umask, and
 * a link at either path is replaced, not followed.
 * @throws the file system's error
 */
export function writeAtomically(path: string, text: string): void {
  const fresh = `${path}.${Deno.pid}.new`;
  const create = () => Deno.writeTextFileSync(fresh, text, { createNew: true, mode: 0o644 });
  try {
    create();
  } catch (error) {
    if (!(error instanceof Deno.errors.AlreadyExists)) throw error;
    // In containers tandem is often PID 1 each time, so an earlier run may have left this name.
    Deno.removeSync(fresh);
    create();
  }
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

/**
 * Creates missing ancestors too, each with mode 0755 whatever the umask: nginx's workers may enter, and nobody else may
 * write to it.
 * @returns whether the folder was missing
 * @throws the file system's error
 */
export function createFolder(path: string): boolean {
  if (isDirectory(path)) return false;
  if (!isDirectory(parentOf(path))) createFolder(parentOf(path));
  try {
    Deno.mkdirSync(path, { mode: 0o755 });
  } catch (error) {
    // Another process may have created it in the meantime.
    if (error instanceof Deno.errors.AlreadyExists && isDirectory(path)) return false;
    throw error;
  }
  // Some file systems have fixed modes, so ask only for what the umask has taken.
  if (((Deno.statSync(path).mode ?? 0) & 0o777) !== 0o755) Deno.chmodSync(path, 0o755);
  return true;
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
