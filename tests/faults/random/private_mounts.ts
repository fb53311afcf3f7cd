/** Runs the suite in a mount namespace of its own, so that the faults can mount small and read-only file systems. */

import { isRoot } from "../../support/machine/needs.ts";

const MARK = "TANDEM_PRIVATE_MOUNTS";

export const canMount = isRoot && Deno.env.has(MARK);

/** @returns the exit status of the suite in the namespace; `undefined` if this process is in it, or cannot make one */
export async function inPrivateMounts(script: string): Promise<number | undefined> {
  if (!isRoot || canMount) return undefined;
  const suite = new Deno.Command("unshare", {
    args: ["--mount", Deno.execPath(), "run", "-A", script, ...Deno.args],
    env: { [MARK]: "1" },
  }).spawn();
  return (await suite.status).code;
}

export async function mountSmall(
  path: string,
  kilobytes: number,
  undo: AsyncDisposableStack,
  mode = "0755",
): Promise<void> {
  Deno.mkdirSync(path, { recursive: true });
  await mountCommand(
    "mount",
    "-t",
    "tmpfs",
    "-o",
    `size=${kilobytes}k,mode=${mode}`,
    "tmpfs",
    path,
  );
  // Lazily, because a round that fails may leave open files in it.
  undo.defer(() => mountCommand("umount", "--lazy", path));
}

export async function remount(path: string, access: "ro" | "rw"): Promise<boolean> {
  const { success } = await new Deno.Command("mount", {
    args: ["-o", `remount,${access}`, path],
    stderr: "null",
  }).output();
  return success;
}

export async function mountCommand(name: string, ...args: string[]): Promise<void> {
  const { success, stderr } = await new Deno.Command(name, { args }).output();
  if (!success) throw new Error(`${name} ${args.join(" ")}: ${new TextDecoder().decode(stderr)}`);
}
