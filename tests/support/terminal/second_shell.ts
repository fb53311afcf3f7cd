/** Commands that are typed in a second shell of the same container. */

import { within } from "../waiting.ts";
import { baseEnvironment } from "../environment.ts";
import type { Launcher } from "../launcher.ts";
import { withHiddenPaths } from "../machine/hidden_paths.ts";

export interface Said {
  code: number;
  stdout: string;
  stderr: string;
}

export interface ShellOptions {
  /** Whose shell it is; by default the tester's. */
  uid?: number;
  /** Without the image's own `--state-dir`. */
  bare?: boolean;
  env?: Record<string, string>;
}

/** Longer than any bound of the commands themselves. */
const COMMAND_MS = 30_000;

/** Runs `tandem …` beside a launch, in its namespaces where it has some, and keeps what it said. */
export async function typed(
  launcher: Launcher,
  args: string[],
  options: ShellOptions = {},
): Promise<Said> {
  const output = commandBeside(launcher, args, options).output();
  const { code, stdout, stderr } = await within(COMMAND_MS, `tandem ${args.join(" ")}`, output);
  const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes);
  return { code, stdout: text(stdout), stderr: text(stderr) };
}

/** `tandem …` beside a launch, which is still to be started. */
export function commandBeside(
  launcher: Launcher,
  args: string[],
  { uid, bare = false, env = {} }: ShellOptions = {},
): Deno.Command {
  const [command = "", ...more] = [
    ...(launcher.mode === "PID 1"
      ? ["nsenter", "--target", `${launcher.pid}`, "--pid", "--mount"]
      : withHiddenPaths()),
    ...(uid === undefined ? [] : ["setpriv", `--reuid=${uid}`, `--regid=${uid}`, "--clear-groups"]),
    launcher.edition.path,
    ...args,
    ...(bare ? [] : ["--state-dir", launcher.image.state]),
  ];
  return new Deno.Command(command, {
    args: more,
    clearEnv: true,
    env: { ...baseEnvironment(), TMPDIR: launcher.image.temp, ...env },
    // The tester's own folder may be closed to others.
    cwd: "/",
    stdin: "null",
    stdout: "piped",
    stderr: "piped",
  });
}
