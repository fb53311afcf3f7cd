/** Turns the signals of the table into calls, from the first moment of a run to its last. */

import { type SignalAction, type SignalName, signalTable } from "../../plan/signals.ts";

export type SignalHandlers = Record<Exclude<SignalAction, "ignore">, (signal: SignalName) => void>;

/** Nobody has a reason to send these to tandem, and each would end it and leave the pair without a parent. */
const alsoIgnored = [
  "SIGUSR2",
  "SIGALRM",
  "SIGVTALRM",
  "SIGPROF",
  "SIGIO",
  "SIGPWR",
  "SIGSTKFLT",
  "SIGXCPU",
  "SIGXFSZ",
] as const;

/** A signal without a listener would end tandem, so the ignored ones are listened to as well. */
export function listenForSignals(handlers: SignalHandlers): void {
  for (const { signals, action } of signalTable) {
    for (const signal of signals) {
      Deno.addSignalListener(signal, () => {
        if (action !== "ignore") handlers[action](signal);
      });
    }
  }
  for (const signal of alsoIgnored) Deno.addSignalListener(signal, () => {});
}
