/** Answers what the defaults of the settings depend on. */

import type { Machine } from "../../plan/settings.ts";
import { exists } from "../system/if_exists.ts";
import { canWrite, isRegularFile } from "../files/files.ts";
import { environmentVariable } from "../system/environment.ts";
import { usableCpus } from "./cpus.ts";

export const machine: Machine = {
  cpus: () => usableCpus(),
  currentDirectory: () => Deno.cwd(),
  isFile: isRegularFile,
  stateDirectory() {
    if (canWrite("/run/tandem") || (!exists("/run/tandem") && canWrite("/run"))) {
      return "/run/tandem";
    }
    const session = environmentVariable("XDG_RUNTIME_DIR");
    if (session && canWrite(session)) return `${session}/tandem`;
    return `${environmentVariable("TMPDIR") || "/tmp"}/tandem-${Deno.uid()}`;
  },
};
