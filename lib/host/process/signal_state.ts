/** What /proc/PID/status tells of signals: whether a program handles one yet, and whether something is stopping it. */

import type { SignalName } from "../../plan/signals.ts";
import { readTextIfExists } from "../system/if_exists.ts";

/** The same on x86-64 and arm64. */
const NUMBERS: Partial<Record<SignalName, number>> = {
  SIGHUP: 1,
  SIGINT: 2,
  SIGQUIT: 3,
  SIGUSR1: 10,
  SIGTERM: 15,
  SIGTTIN: 21,
  SIGTTOU: 22,
};

/** Signals that ask a process to exit. */
export const STOP_SIGNALS: readonly SignalName[] = ["SIGTERM", "SIGINT", "SIGQUIT"];

/** False just after an exec, when the signal would end the program. True also if /proc does not show it. */
export function handlesSignal(pid: number, name: SignalName): boolean {
  const status = readStatusOf(pid);
  return !/^SigCgt:/m.test(status) || hasSignal(status, "Cgt|Ign", name);
}

/** Whether a process has exited, or a signal to stop waits for it. False also if /proc does not show it. */
export function isBeingStopped(pid: number): boolean {
  const status = readStatusOf(pid);
  return /^State:\s*[ZX]/m.test(status) ||
    STOP_SIGNALS.some((name) => hasSignal(status, "Pnd|ShdPnd", name));
}

/**
 * @param status the text of /proc/PID/status
 * @param masks without the Sig at their beginning, which ShdPnd has not
 */
export function hasSignal(status: string, masks: string, name: SignalName): boolean {
  const bit = 1n << BigInt((NUMBERS[name] ?? 64) - 1);
  const lines = status.matchAll(new RegExp(`^(?:Sig)?(?:${masks}):\\s*([0-9a-f]+)$`, "gm"));
  return [...lines].some(([, mask]) => (BigInt(`0x${mask}`) & bit) !== 0n);
}

function readStatusOf(pid: number): string {
  return readTextIfExists(`/proc/${pid}/status`) ?? "";
}
