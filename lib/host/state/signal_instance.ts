/** Sends a signal to the running tandem of a state file. */

import type { SignalName } from "../../plan/signals.ts";
import { sendSignal, type SignalOutcome } from "../process/signals.ts";
import { isAlive } from "./identity.ts";
import type { ProcessIdentity } from "./schema.ts";

export function signalInstance(process: ProcessIdentity, signal: SignalName): SignalOutcome {
  // Checked right before the signal, because the kernel can give the pid to another process.
  return isAlive(process) ? sendSignal(process.pid, signal) : "gone";
}
