/** Reads files that may be missing or not accessible, with `undefined` instead of an error. */

import { cString, libc } from "./libc.ts";

const F_OK = 0;

/** By access(2), because an exception that is thrown and caught costs Deno 0.3 ms. Follows links. */
export function exists(path: string): boolean {
  return libc().access(cString(path), F_OK) === 0;
}

export function readTextIfExists(path: string): string | undefined {
  return valueOrUndefined(() => Deno.readTextFileSync(path));
}

/** Follows links; `undefined` also if one leads nowhere. */
export function statIfExists(path: string): Deno.FileInfo | undefined {
  return exists(path) ? valueOrUndefined(() => Deno.statSync(path)) : undefined;
}

/** What a descriptor of this process leads to; `undefined` without /proc, or if it is closed. */
export function statDescriptor(fd: number): Deno.FileInfo | undefined {
  return valueOrUndefined(() => Deno.statSync(`/proc/self/fd/${fd}`));
}

export function lstatIfExists(path: string): Deno.FileInfo | undefined {
  return valueOrUndefined(() => Deno.lstatSync(path));
}

/** The names in a folder, in no order; empty if it cannot be read. */
export function listNames(folder: string): string[] {
  return valueOrUndefined(() => Array.from(Deno.readDirSync(folder), ({ name }) => name)) ?? [];
}

export function isSameFile(a: Deno.FileInfo | undefined, b: Deno.FileInfo | undefined): boolean {
  return a !== undefined && b !== undefined && a.dev === b.dev && a.ino === b.ino;
}

function valueOrUndefined<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch {
    return undefined;
  }
}
