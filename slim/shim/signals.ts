/** Adds listeners for signals and sends signals, by name. */

import { errors, ESRCH, systemError } from "./errors.ts";
import { host } from "./host.ts";

/** The numbers of 64-bit Linux on x86 and ARM; Deno has no real-time signals. */
const numbers: Record<string, number> = {
  SIGHUP: 1,
  SIGINT: 2,
  SIGQUIT: 3,
  SIGILL: 4,
  SIGTRAP: 5,
  SIGABRT: 6,
  SIGBUS: 7,
  SIGFPE: 8,
  SIGKILL: 9,
  SIGUSR1: 10,
  SIGSEGV: 11,
  SIGUSR2: 12,
  SIGPIPE: 13,
  SIGALRM: 14,
  SIGTERM: 15,
  SIGSTKFLT: 16,
  SIGCHLD: 17,
  SIGCONT: 18,
  SIGSTOP: 19,
  SIGTSTP: 20,
  SIGTTIN: 21,
  SIGTTOU: 22,
  SIGURG: 23,
  SIGXCPU: 24,
  SIGXFSZ: 25,
  SIGVTALRM: 26,
  SIGPROF: 27,
  SIGWINCH: 28,
  SIGIO: 29,
  SIGPWR: 30,
  SIGSYS: 31,
  "SIGRTMIN+3": 37,
};

/** The kernel never delivers the first two to a handler; the others report a crash. */
const unbindable = ["SIGKILL", "SIGSTOP", "SIGILL", "SIGFPE", "SIGSEGV"];

export function numberOf(name: string): number {
  const number = Object.hasOwn(numbers, name) ? numbers[name] : undefined;
  if (number === undefined) throw new TypeError(`Invalid signal: ${name}`);
  return number;
}

export function nameOf(number: number): string {
  const name = Object.keys(numbers).find((name) => numbers[name] === number);
  return name ?? (number < 34 ? `signal ${number}` : `SIGRTMIN+${number - 34}`);
}

const listeners = new Map<number, Set<() => void>>();

function notifyListeners(signal: number): void {
  for (const listener of [...listeners.get(signal) ?? []]) listener();
}

export function addSignalListener(name: string, listener: () => void): void {
  const signal = numberOf(name);
  if (unbindable.includes(name)) {
    throw new TypeError(`Binding to signal '${name}' is not allowed`);
  }
  if (listeners.size === 0) host.onSignal(notifyListeners);
  const present = listeners.get(signal);
  if (present) return void present.add(listener);
  listeners.set(signal, new Set([listener]));
  host.enableSignal(signal, true);
}

export function removeSignalListener(name: string, listener: () => void): void {
  const signal = numberOf(name);
  const present = listeners.get(signal);
  if (!present?.delete(listener) || present.size > 0) return;
  listeners.delete(signal);
  host.enableSignal(signal, false);
}

export function kill(pid: number, signal: string | number = "SIGTERM"): void {
  const failure = -host.kill(pid, typeof signal === "number" ? signal : numberOf(signal));
  if (failure === ESRCH) throw new errors.NotFound("ESRCH: No such process");
  if (failure > 0) throw killError(failure);
}

/**
 * Deno's message for a failed kill starts with the code and omits the number, and the error has no
 * `code`.
 */
function killError(errno: number): Error {
  const error = systemError(errno) as Error & { code?: string };
  const message = `${error.code}: ${error.message.replace(/ \(os error.*/, "")}`;
  return new (error.constructor as ErrorConstructor)(message);
}
