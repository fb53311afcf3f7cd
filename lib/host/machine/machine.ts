/** What the settings' defaults ask of the machine. */

import type { Machine } from "../../plan/settings.ts";
import { usableCpus } from "./cpus.ts";
import { canWrite, exists } from "../files/files.ts";

export const machine: Machine = {
  cpus: () => usableCpus(),
  currentDirectory: () => Deno.cwd(),
  isFile(path) {
    try {
      return Deno.statSync(path).isFile;
    } catch {
      return false;
    }
  },
  stateDirectory() {
    if (canWrite("/run/tandem") || (!exists("/run/tandem") && canWrite("/run"))) {
      return "/run/tandem";
    }
    const session = Deno.env.get("XDG_RUNTIME_DIR");
    if (session && canWrite(session)) return `${session}/tandem`;
    return `${Deno.env.get("TMPDIR") || "/tmp"}/tandem-${Deno.uid()}`;
  },
};
