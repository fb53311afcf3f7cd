/** From the command line to the exit status. */

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
    const invocation = parseCommandLine(args, env, machine);
    switch (invocation.kind) {
      case "help":
        writeToStdout((await import("./help.ts")).helpText(invocation.command));
        return EXIT.ok;
      case "version":
        writeToStdout(
          `tandem ${version} (${edition} edition, ${runtimeVersion()}, commit ${commit})\n`,
        );
        return EXIT.ok;
      case "completions":
        writeToStdout((await import("./completions/completions.ts")).completions(invocation.shell));
        return EXIT.ok;
      case "run":
        return await commands[invocation.command](invocation.request);
    }
  } catch (error) {
    if (error instanceof UsageError) {
      writeToStderr(`tandem: ${error.message} (tandem --help tells more)\n`);
      return EXIT.usage;
    }
    const trace = error instanceof Error ? `${error.message}\n${error.stack}` : String(error);
    writeToStderr(`tandem: a defect in tandem itself, please report it: ${trace}\n`);
    return EXIT.internalError;
  }
}
