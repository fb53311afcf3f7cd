/**
 * Hides the machine's own content of tandem's default folders: each start gets a mount namespace in which they are
 * empty. Only root can make one.
 */

import { findTool, isRoot } from "./needs.ts";

const DEFAULT_FOLDERS = ["/opt/program", "/run/tandem"];

/** `-p` because the test may choose another PATH. Another test's run may have removed a folder by now. */
const SCRIPT = `while [ "$1" != -- ]; do
  command -p mount -t tmpfs -o mode=755 tmpfs "$1" 2>/dev/null || [ ! -d "$1" ] || exit
  shift
done
shift
exec "$@"`;

/**
 * @returns a prefix for a command, which ends by exec, so that the pid stays the same
 * @param isInNamespace whether the command has a mount namespace already
 */
export function withHiddenPaths(isInNamespace = false): string[] {
  const present = isRoot ? DEFAULT_FOLDERS.filter(isFolder) : [];
  if (present.length === 0) return [];
  const namespace = isInNamespace ? [] : [findTool("unshare") ?? "unshare", "--mount"];
  return [...namespace, "/bin/sh", "-c", SCRIPT, "sh", ...present, "--"];
}

function isFolder(path: string): boolean {
  try {
    return Deno.statSync(path).isDirectory;
  } catch {
    return false;
  }
}
