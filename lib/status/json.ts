/** Makes the object of `status --json` from the state file and /proc. Pure. */

import { formatUrl } from "../plan/format.ts";
import type { StatusView } from "./view.ts";

/** Durations are milliseconds, moments milliseconds after tandem's start, memory bytes; RSS includes shared pages. */
export function statusJson(view: StatusView): Record<string, unknown> {
  const { state, folder, isReady, uptimeMs, waiting, connections, lateWorkers, processes } = view;
  const {
    version,
    edition,
    commit,
    pid,
    phase,
    drainStep,
    startedAt,
    ready,
    lastAnswer,
    socket,
    limits,
    timeline,
  } = state;
  const { memory, socketLoss, unseen, openDescriptors } = view;
  const { workerDeaths, workerDeathReasons, lines, cause, stopCause, reloads, events } = state;
  return {
    running: true,
    version,
    edition,
    commit,
    pid,
    phase,
    drainStep,
    ready: isReady,
    startedAt,
    uptimeMs: Math.round(uptimeMs),
    stateDir: folder,
    lastAnswer,
    readyUrl: ready && formatUrl(ready.address, ready.path),
    socket,
    socketLoss,
    limits,
    connections,
    waiting,
    cause,
    stopCause,
    reloads,
    lateWorkers,
    workerDeaths,
    workerDeathReasons,
    lines,
    memory: memory && {
      ...Number.isFinite(memory.limit) && { limitBytes: memory.limit },
      kills: memory.kills,
    },
    openDescriptors,
    processes: processes.map((process) => ({
      ...process,
      uptimeMs: Math.round(process.uptimeMs),
    })),
    unseen,
    timeline,
    events,
  };
}
