import { read } from "./process_table.ts";

const SIGSEGV = 11n;
const SIGWINCH = 28n;

/**
 * Whether tandem handles SIGWINCH, and so its other signals: it catches it, or blocks it to read it from a signalfd.
 * Signals that end a process would not tell, because an emulator catches them for itself.
 */
export function handlesSignals(pid: number): boolean {
  const status = read(pid, "status") ?? "";
  const has = (mask: string, signal: bigint) => {
    const bits = new RegExp(`^${mask}:\\s*([0-9a-f]+)$`, "m").exec(status)?.[1] ?? "0";
    return (BigInt(`0x${bits}`) & (1n << (signal - 1n))) !== 0n;
  };
  // The C library blocks all signals, SIGSEGV included, for a moment when it starts a thread.
  return has("SigCgt", SIGWINCH) || (has("SigBlk", SIGWINCH) && !has("SigBlk", SIGSEGV));
}
