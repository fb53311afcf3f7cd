/** Runs commands in the root file system of a suite, in a mount namespace of their own. */

import { baseEnvironment } from "../support/environment.ts";
import { findTool } from "../support/machine/needs.ts";

/**
 * The root is the lower layer of an overlay, so that nothing changes it. The layers are relative to the working
 * directory, because `mount` takes a comma or colon in a path for its own.
 */
const SCRIPT = `set -e
here=$PWD
cd "$1"
shift
mount -t tmpfs tmpfs mnt
mkdir mnt/upper mnt/work mnt/root
mount -t overlay overlay -o lowerdir=.,upperdir=mnt/upper,workdir=mnt/work mnt/root
cd mnt/root
mount -t proc proc proc
mount --rbind /dev dev
mount -t tmpfs -o mode=1777 tmpfs dev/shm
while [ "$1" != -- ]; do
  mkdir -p ".$1"
  mount --bind "$1" ".$1"
  shift
done
shift
exec chroot . /bin/sh -c 'cd "$1" && shift && exec "$@"' sh "$here" "$@"`;

/**
 * @param folders visible in the root under the same paths; one of them has the working directory
 * @param isInNamespace whether the command has a mount namespace already
 * @returns a prefix for a command, which ends by exec, so that the pid stays the same
 */
export function inRoot(
  root: string,
  folders: readonly string[],
  isInNamespace = false,
): string[] {
  const namespace = isInNamespace ? [] : [findTool("unshare") ?? "unshare", "--mount"];
  return [...namespace, "/bin/sh", "-c", SCRIPT, "sh", root, ...folders, "--"];
}

/** Runs a command to its end. */
export async function runInRoot(
  root: string,
  command: readonly string[],
  folders: readonly string[] = [],
): Promise<{ code: number; stdout: string; stderr: string }> {
  const [first = "", ...args] = [...inRoot(root, folders), ...command];
  const { code, stdout, stderr } = await new Deno.Command(first, {
    args,
    cwd: "/",
    clearEnv: true,
    env: baseEnvironment(),
    stdin: "null",
  }).output();
  const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes).trim();
  return { code, stdout: text(stdout), stderr: text(stderr) };
}
