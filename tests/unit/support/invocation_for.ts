import { parseInvocation } from "../../../lib/cli/arguments.ts";
import type { Environment } from "../../../lib/cli/resolve.ts";
import type { Machine, Request } from "../../../lib/plan/settings.ts";

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
export function requestFor(
  args: string[],
  env: Environment = {},
  machine: Machine = byoImage,
): Request {
  const invocation = parseInvocation(args, env, machine);
  if (invocation.kind !== "run") throw new Error(`Cannot run ${args.join(" ")}: no run`);
  return invocation.request;
}
