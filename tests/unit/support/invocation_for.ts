import { parseCommandLine } from "../../../lib/cli/arguments.ts";
import type { Environment } from "../../../lib/cli/resolve.ts";
import type { Invocation, Machine } from "../../../lib/plan/settings.ts";

/** A bring-your-own-container image on four CPUs. */
export const byoImage: Machine = {
  cpus: () => 4,
  currentDirectory: () => "/opt/program",
  isFile: (path) => path === "/opt/program/nginx.conf",
  stateDirectory: () => "/run/tandem",
};

/** An image with nothing but the app. */
export const bareImage: Machine = { ...byoImage, isFile: () => false };

/** What the command line asks for, the way the program itself reads it. */
export function invocationFor(
  args: string[],
  env: Environment = {},
  machine: Machine = byoImage,
): Invocation {
  const invocation = parseCommandLine(args, env, machine);
  if (invocation.kind !== "run") throw new Error(`Cannot run ${args.join(" ")}: no run`);
  return invocation.request;
}
