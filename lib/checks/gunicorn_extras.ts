/** Adds the arguments that suit the installed gunicorn and this machine to a plan. */

import { canWrite } from "../host/files/files.ts";
import { isTmpfs } from "../host/files/access.ts";
import { hasControlSocket } from "../host/machine/gunicorn_package.ts";
import { findExecutable } from "../host/process/executable.ts";
import { statIfExists } from "../host/system/if_exists.ts";
import { addGunicornExtras } from "../plan/gunicorn_extras.ts";
import type { LaunchPlan } from "../plan/launch_plan.ts";
import type { Settings } from "../plan/settings.ts";
import { readInterpreter } from "./interpreter.ts";

const SHARED_MEMORY = "/dev/shm";
/** Those of pip and Debian have some hundred bytes. A longer executable brings its modules along, and takes long to read. */
const LONGEST_SCRIPT = 4 * 1024;

/**
 * @param chosen gunicorn's names of the settings that the user has set; if they are not known, nothing is added
 */
export function withGunicornExtras(
  plan: LaunchPlan,
  { plainGunicorn }: Settings,
  chosen: readonly string[] | undefined,
): LaunchPlan {
  if (plainGunicorn || chosen === undefined) return plan;
  const script = findExecutable(plan.gunicorn.executable);
  const isScript = script !== undefined && (statIfExists(script)?.size ?? 0) <= LONGEST_SCRIPT;
  const interpreter = isScript ? readInterpreter(script) : undefined;
  return addGunicornExtras(plan, {
    chosen,
    hasControlSocket: interpreter !== undefined && hasControlSocket(interpreter),
    hasSharedMemory: canWrite(SHARED_MEMORY) && isTmpfs(SHARED_MEMORY),
  });
}
