/** For a command that goes on until somebody ends it, and then has a status to give. */

/** Aborted by Ctrl-C or SIGTERM. SIGHUP, for a terminal that is gone, ends the command by itself. */
export function listenForInterrupt(): AbortSignal {
  const interrupted = new AbortController();
  for (const signal of ["SIGINT", "SIGTERM"] as const) {
    Deno.addSignalListener(signal, () => interrupted.abort());
  }
  return interrupted.signal;
}
