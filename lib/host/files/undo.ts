/** Takes away again what a look at the machine leaves behind, and nothing that was there before. */

import { parentOf } from "./files.ts";

/** On disposal, whatever has come to be at these paths is gone, and owners and modes are as they were. */
export function undoCreation(paths: string[]): Disposable {
  const before = paths.map((path) => ({ path, was: lookAt(path) }));
  return {
    [Symbol.dispose]() {
      for (const { path, was } of before) {
        const is = lookAt(path);
        if (is && !was) removeIfEmpty(path, is);
        if (is && was) restore(path, was, is);
      }
    },
  };
}

/** Makes a folder for as long as it is looked at, with those above it that are missing. */
export function temporaryFolder(path: string): Disposable {
  const missing: string[] = [];
  for (let folder = path; !lookAt(folder); folder = parentOf(folder)) missing.push(folder);
  const cleanUp = undoCreation(missing);
  try {
    Deno.mkdirSync(path, { recursive: true, mode: 0o755 });
  } catch {
    // Whoever needs it says so.
  }
  return cleanUp;
}

/** A file that somebody has written to, or a folder that is used, has become somebody else's meanwhile. */
function removeIfEmpty(path: string, { isFile, isDirectory, size }: Deno.FileInfo): void {
  if (!isDirectory && !(isFile && size === 0)) return;
  try {
    Deno.removeSync(path);
  } catch {
    // Not empty, or gone by itself.
  }
}

function restore(path: string, was: Deno.FileInfo, is: Deno.FileInfo): void {
  if (was.isSymlink || is.isSymlink) return;
  if (was.uid !== is.uid || was.gid !== is.gid) {
    Deno.chownSync(path, was.uid, was.gid);
  }
  if (was.mode !== is.mode) Deno.chmodSync(path, (was.mode ?? 0) & 0o7777);
}

function lookAt(path: string): Deno.FileInfo | undefined {
  try {
    return Deno.lstatSync(path);
  } catch {
    return undefined;
  }
}
