/** Small questions and favours of the file system. */

import { cString, libc } from "../system/libc.ts";

const F_OK = 0;
const W_OK = 2;
const X_OK = 1;
const R_OK = 4;

/** Whether this process may make files in a folder; read-only file systems and ACLs are counted. */
export function canWrite(folder: string): boolean {
  return libc().access(cString(folder), W_OK | X_OK) === 0;
}

export function canRead(path: string): boolean {
  return libc().access(cString(path), R_OK) === 0;
}

export function parentOf(path: string): string {
  return path.slice(0, path.lastIndexOf("/")) || "/";
}

/** Cheap where the answer is no: an exception that is thrown and caught takes Deno a millisecond and more. */
export function exists(path: string): boolean {
  return libc().access(cString(path), F_OK) === 0;
}

export function isDirectory(path: string): boolean {
  try {
    return Deno.statSync(path).isDirectory;
  } catch {
    return false;
  }
}

/** Never half-written for a reader: a name of our own, renamed over the old. */
export function writeAtomically(path: string, text: string): void {
  const fresh = `${path}.${Deno.pid}.new`;
  Deno.writeTextFileSync(fresh, text);
  Deno.renameSync(fresh, path);
}

/** Gone already is gone. */
export function removeIfExists(path: string, options?: Deno.RemoveOptions): void {
  try {
    Deno.removeSync(path, options);
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  }
}

/** In place, so that a device or a link stays what it is. @throws the file system's error */
export function writeTextFile(path: string, text: string): void {
  Deno.writeTextFileSync(path, text);
}

export function readTextFile(path: string): string {
  return Deno.readTextFileSync(path);
}

/** @throws the file system's error */
export function createFolder(path: string): void {
  Deno.mkdirSync(path, { recursive: true, mode: 0o755 });
}

/** A fresh folder under the temp folder, or another one, which nginx's own user may pass through. */
export function createPrivateFolder(prefix: string, dir?: string): string {
  const folder = Deno.makeTempDirSync({ prefix, dir });
  Deno.chmodSync(folder, 0o755);
  return folder;
}
