/** Whether a program has set up its signal handlers yet: just after its exec, a signal would end it. */

import { readTextIfExists } from "../system/if_exists.ts";
import { type SignalName } from "../../plan/signals.ts";

/** The same on x86-64 and arm64. The other signals are never forwarded. */
const NUMBERS: Partial<Record<SignalName, number>> = {
  SIGHUP: 1,
  SIGUSR1: 10,
  SIGTTIN: 21,
  SIGTTOU: 22,
};

/** True also if that is not known, because /proc does not show the process. */
export function handlesSignal(pid: number, name: SignalName): boolean {
  const status = readTextIfExists(`/proc/${pid}/status`);
  return status === undefined || masksHandle(status, name);
}

/** @param status of /proc/PID/status */
export function masksHandle(status: string, name: SignalName): boolean {
  const number = NUMBERS[name];
  if (number === undefined) return true;
  const masks = [...status.matchAll(/^Sig(?:Cgt|Ign):\s*([0-9a-f]+)$/gm)];
  const bit = 1n << BigInt(number - 1);
  return masks.length === 0 || masks.some(([, mask]) => (BigInt(`0x${mask}`) & bit) !== 0n);
}
