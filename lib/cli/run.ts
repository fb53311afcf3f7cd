/** Runs a command line: the one place that maps its outcome to an exit status. */

import { commit, edition, version } from "../build_info.ts";
import {
  commands,
  machine,
  runtimeVersion,
  writeToStderr,
  writeToStdout,
} from "../commands/commands.ts";
import { EXIT } from "../plan/exit_codes.ts";
import { parseCommandLine } from "./arguments.ts";
import type { Environment } from "./resolve.ts";
import { UsageError } from "./usage_error.ts";

/** @returns the exit status */
export async function run(args: readonly string[], env: Environment): Promise<number> {
  try {
    const commandLine = parseCommandLine(args, env, machine);
    switch (commandLine.kind) {
      case "help":
        writeToStdout((await import("./help.ts")).helpText(commandLine.command));
        return EXIT.ok;
      case "version":
        writeToStdout(commandLine.json ? versionJson() : versionText());
        return EXIT.ok;
      case "completions":
        writeToStdout(
          (await import("./completions/completions.ts")).completions(commandLine.shell),
        );
        return EXIT.ok;
      case "run":
        return await commands[commandLine.command](commandLine.invocation);
    }
  } catch (error) {
    if (error instanceof UsageError) {
      await writeToStderr(`tandem: ${error.message} (see tandem --help)\n`);
      return EXIT.usage;
    }
    const trace = error instanceof Error ? `${error.message}\n${error.stack}` : String(error);
    await writeToStderr(`tandem: internal error (a bug in tandem), please report it: ${trace}\n`);
    return EXIT.internalError;
  }
}

function versionText(): string {
  return `tandem ${version} (${edition} edition, ${runtimeVersion()}, commit ${commit})\n`;
}

/** docs/json.md describes the object. */
function versionJson(): string {
  const [runtime, platform] = runtimeVersion().split(", ");
  return `${JSON.stringify({ version, edition, commit, runtime, platform })}\n`;
}
