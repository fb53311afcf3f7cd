import { parseCommandLine } from "../../../lib/cli/arguments.ts";
import type { Environment } from "../../../lib/cli/resolve.ts";
import type { Invocation, Machine } from "../../../lib/plan/settings.ts";

/** A "bring your own container" image on four CPUs. */
export const byoImage: Machine = {
  cpus: () => 4,
  currentDirectory: () => "/opt/program",
  isFile: (path) => path === "/opt/program/nginx.conf",
  stateDirectory: () => "/run/tandem",
};

/** An image with an app but no nginx.conf. */
export const bareImage: Machine = { ...byoImage, isFile: () => false };

/** Parses the command line as the program does. */
export function invocationFor(
  args: string[],
  env: Environment = {},
  machine: Machine = byoImage,
): Invocation {
  const commandLine = parseCommandLine(args, env, machine);
  if (commandLine.kind !== "run") {
    throw new Error(`Cannot run ${args.join(" ")}: it is ${commandLine.kind}`);
  }
  return commandLine.invocation;
}
