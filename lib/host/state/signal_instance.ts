/** Sends a signal to the running tandem of a state file. */

import type { SignalName } from "../../plan/signals.ts";
import { isAlive } from "./file.ts";
import type { ProcessIdentity } from "./schema.ts";

export type SignalOutcome = "sent" | "gone" | "not-permitted";

export function signalInstance(process: ProcessIdentity, signal: SignalName): SignalOutcome {
  // Checked right before the signal, because the kernel can give the pid to another process.
  if (!isAlive(process)) return "gone";
  try {
    Deno.kill(process.pid, signal);
    return "sent";
  } catch (error) {
    if (error instanceof Deno.errors.PermissionDenied) return "not-permitted";
    if (!isAlive(process)) return "gone";
    throw error;
  }
}
