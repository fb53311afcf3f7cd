/** Asks what this process may do with a path, and reads, writes and removes files. */

import { statIfExists } from "../system/if_exists.ts";
import { cString, libc } from "../system/libc.ts";

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

/** Without slashes at its end. With one, lstat(2) would follow a link, and the parent would be the folder itself. */
export function withoutSlashes(path: string): string {
  return (path.endsWith("/") ? path.replace(/\/+$/, "") : path) || "/";
}

export function isDirectory(path: string): boolean {
  return statIfExists(path)?.isDirectory ?? false;
}

/** Follows links. */
export function isRegularFile(path: string): boolean {
  return statIfExists(path)?.isFile ?? false;
}

/**
 * Readers see the old text or the new one: writes PATH.new and renames it. The mode is 0644 whatever the umask, and a
 * link at either path is replaced, not followed. Only one process at a time may write a path (the run that holds the
 * lock of its folder, or the owner of a private folder): so the next write replaces what a killed one left.
 * @throws the file system's error
 */
export function writeAtomically(path: string, text: string): void {
  const fresh = `${path}.new`;
  const create = () => Deno.writeTextFileSync(fresh, text, { createNew: true, mode: 0o644 });
  try {
    try {
      create();
    } catch (error) {
      if (!(error instanceof Deno.errors.AlreadyExists)) throw error;
      Deno.removeSync(fresh);
      create();
    }
    Deno.renameSync(fresh, path);
  } catch (error) {
    // A full disk leaves a part of it.
    removeQuietly(fresh);
    throw error;
  }
}

function removeQuietly(path: string): void {
  try {
    removeIfExists(path);
  } catch {
    // The caller throws the error that matters.
  }
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

/** Each byte is one character, so that any content can be edited and written again. @throws the file system's error */
export function readBytesAsText(path: string): string {
  return Array.from(Deno.readFileSync(path), (byte) => String.fromCharCode(byte)).join("");
}

/** Without links; the path itself if it does not exist. */
export function resolveLinks(path: string): string {
  try {
    return Deno.realPathSync(path);
  } catch {
    return path;
  }
}

/**
 * Creates missing ancestors too, each with mode 0755 whatever the umask: nginx's workers may enter, and nobody else may
 * write to it.
 * @returns whether the folder was missing
 * @throws the file system's error
 */
export function createFolder(name: string): boolean {
  const path = withoutSlashes(name);
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
