/** Removes what a check leaves in the file system, and nothing that was there before. */

import { lstatIfExists } from "../system/if_exists.ts";
import { createFolder, parentOf } from "./files.ts";

/**
 * On disposal, empty files and empty folders created at these paths since are removed, and owners and modes of those
 * that were there are restored.
 */
export function undoCreation(paths: string[]): Disposable {
  const before = paths.map((path) => ({ path, was: lstatIfExists(path) }));
  return {
    [Symbol.dispose]() {
      for (const { path, was } of before) {
        const is = lstatIfExists(path);
        if (is && !was) removeIfEmpty(path, is);
        if (is && was) restore(path, was, is);
      }
    },
  };
}

/** Creates a folder and its missing ancestors, and removes them on disposal unless they are used by then. */
export function temporaryFolder(path: string): Disposable {
  const missing: string[] = [];
  for (let folder = path; !lstatIfExists(folder); folder = parentOf(folder)) missing.push(folder);
  const undo = undoCreation(missing);
  try {
    createFolder(path);
  } catch {
    // The command that needs the folder reports it.
  }
  return undo;
}

/** A file with content, or a folder with files, belongs to another process by now. */
function removeIfEmpty(path: string, { isFile, isDirectory, size }: Deno.FileInfo): void {
  if (!isDirectory && !(isFile && size === 0)) return;
  try {
    Deno.removeSync(path);
  } catch {
    // The folder is not empty, or it is gone.
  }
}

function restore(path: string, was: Deno.FileInfo, is: Deno.FileInfo): void {
  if (was.isSymlink || is.isSymlink) return;
  if (was.uid !== is.uid || was.gid !== is.gid) {
    Deno.chownSync(path, was.uid, was.gid);
  }
  if (was.mode !== is.mode) Deno.chmodSync(path, (was.mode ?? 0) & 0o7777);
}
