/** What `status --json` says: the state file's facts and those of /proc in one object. Pure. */

import { formatUrl } from "../plan/format.ts";
import type { StatusView } from "./view.ts";

/** Times are milliseconds, moments milliseconds after tandem's start, memory bytes; RSS counts shared pages in full. */
export function statusJson(view: StatusView): Record<string, unknown> {
  const { state, folder, isReady, uptimeMs, waiting, connections, lateWorkers, processes } = view;
  const { version, pid, phase, startedAt, ready, socket, limits, timeline } = state;
  const { stopCause, reloads, events } = state;
  return {
    running: true,
    version,
    pid,
    phase,
    ready: isReady,
    startedAt,
    uptimeMs: Math.round(uptimeMs),
    stateDir: folder,
    readyUrl: ready && formatUrl(ready.address, ready.path),
    socket,
    limits,
    connections,
    waiting,
    stopCause,
    reloads,
    lateWorkers,
    processes: processes.map((process) => ({
      ...process,
      uptimeMs: Math.round(process.uptimeMs),
    })),
    timeline,
    events,
  };
}
