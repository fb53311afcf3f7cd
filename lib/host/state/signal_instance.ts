/** Sends a signal to a tandem that somebody else started, and sees it end. */

import type { SignalName } from "../../plan/signals.ts";
import { isAlive } from "./file.ts";
import type { ProcessIdentity } from "./schema.ts";

export type SignalOutcome = "asked" | "gone" | "not permitted";

export function signalInstance(process: ProcessIdentity, signal: SignalName): SignalOutcome {
  // Looked at as late as can be: a pid that was given anew is somebody else's.
  if (!isAlive(process)) return "gone";
  try {
    Deno.kill(process.pid, signal);
    return "asked";
  } catch (error) {
    if (error instanceof Deno.errors.PermissionDenied) return "not permitted";
    if (!isAlive(process)) return "gone";
    throw error;
  }
}
