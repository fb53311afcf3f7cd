/** Runs tandem's commands as in a second shell of the same container. */

import { within } from "../waiting.ts";
import { baseEnvironment } from "../environment.ts";
import type { Launcher } from "../launcher.ts";
import { withHiddenPaths } from "../machine/hidden_paths.ts";

export interface CommandResult {
  code: number;
  stdout: string;
  stderr: string;
}

export interface ShellOptions {
  /** The user of the shell; by default the tester. */
  uid?: number;
  /** Omits the image's `--state-dir`. */
  bare?: boolean;
  env?: Record<string, string>;
  /** A command that ends by exec of the rest, such as ["unshare", "--mount"]. */
  prefix?: string[];
}

/** Longer than any deadline of the commands. */
const COMMAND_MS = 30_000;

/** Runs `tandem …` in the namespaces of a launch, to the end. */
export async function typed(
  launcher: Launcher,
  args: string[],
  options: ShellOptions = {},
): Promise<CommandResult> {
  const output = commandBeside(launcher, args, options).output();
  const { code, stdout, stderr } = await within(COMMAND_MS, `tandem ${args.join(" ")}`, output);
  const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes);
  return { code, stdout: text(stdout), stderr: text(stderr) };
}

/** Prepares `tandem …` in the namespaces of a launch; the caller starts it. */
export function commandBeside(
  launcher: Launcher,
  args: string[],
  { uid, bare = false, env = {}, prefix = [] }: ShellOptions = {},
): Deno.Command {
  const [command = "", ...more] = [
    ...(launcher.mode === "PID 1"
      ? ["nsenter", "--target", `${launcher.pid}`, "--pid", "--mount"]
      : withHiddenPaths()),
    ...prefix,
    ...(uid === undefined ? [] : ["setpriv", `--reuid=${uid}`, `--regid=${uid}`, "--clear-groups"]),
    launcher.edition.path,
    ...args,
    ...(bare ? [] : ["--state-dir", launcher.image.state]),
  ];
  return new Deno.Command(command, {
    args: more,
    clearEnv: true,
    env: { ...baseEnvironment(), TMPDIR: launcher.image.temp, ...env },
    // Other users may not enter the tester's folder.
    cwd: "/",
    stdin: "null",
    stdout: "piped",
    stderr: "piped",
  });
}
