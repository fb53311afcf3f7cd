/** Runs a command line: the one place that maps its outcome to an exit status. */

import { commit, edition, version } from "../build_info.ts";
import {
  commands,
  machine,
  ownPid,
  runtimeVersion,
  writeTerminationLog,
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
        writeToStdout((await import("./help.ts")).helpText(commandLine.topic));
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
      // The container ends with it; a command that is typed in one does not.
      if (ownPid() === 1) writeTerminationLog([error.message]);
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
