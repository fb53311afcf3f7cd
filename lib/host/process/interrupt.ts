/** Ctrl-C for a command that runs until it is interrupted and then exits with a status of its own. */

/** Aborted by SIGINT or SIGTERM. SIGHUP, sent when the terminal closes, still kills the command. */
export function listenForInterrupt(): AbortSignal {
  const interrupted = new AbortController();
  for (const signal of ["SIGINT", "SIGTERM"] as const) {
    Deno.addSignalListener(signal, () => interrupted.abort());
  }
  return interrupted.signal;
}
