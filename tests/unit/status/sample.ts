/** A serving pair as `status` sees it. */

import type { ProcessRow, StatusView } from "../../../lib/status/view.ts";
import type { State } from "../../../lib/host/state/schema.ts";

const MIB = 1024 ** 2;

export function sampleState(different: Partial<State> = {}): State {
  return {
    pid: 100,
    startTicks: 5000,
    version: "1.2.3",
    phase: "serving",
    startedAt: "2026-01-31T23:59:59.000Z",
    nginx: { pid: 120, startTicks: 5025 },
    gunicorn: { pid: 110, startTicks: 5004 },
    socket: "/tmp/gunicorn.sock",
    ready: {
      address: { transport: "tcp", hostname: "127.0.0.1", port: 8080 },
      path: "/ping",
      throughNginx: true,
    },
    listens: [{ transport: "tcp", hostname: "127.0.0.1", port: 8080 }],
    limits: { startTimeout: 0, drainDelay: 0, grace: 25_000 },
    timeline: {
      "start": 0,
      "gunicornStarted": 40,
      "socketMade": 200,
      "appAnswered": 240,
      "nginxStarted": 244,
      "ready": 260,
    },
    stopCause: undefined,
    reloads: { done: 0, refused: 0 },
    events: [{ at: 260, level: "info", event: "ready", message: "ready in 260 ms" }],
    ...different,
  };
}

export function sampleView(
  state: Partial<State> = {},
  different: Partial<StatusView> = {},
): StatusView {
  return {
    folder: "/run/tandem",
    state: sampleState(state),
    isReady: (state.phase ?? "serving") === "serving",
    uptimeMs: 192_000,
    socketLoss: undefined,
    connections: 3,
    openDescriptors: 17,
    lateWorkers: 0,
    memory: undefined,
    waiting: undefined,
    processes: [
      row({ role: "tandem", pid: 100, rssBytes: 54 * MIB }),
      row({ role: "gunicorn master", depth: 1, pid: 110 }),
      row({ role: "gunicorn worker", depth: 2, pid: 111, cpuMs: 61_500, cpuPercent: 32.1 }),
      row({ role: "nginx master", depth: 1, pid: 120, rssBytes: 7.1 * MIB }),
      row({ role: "nginx worker", depth: 2, pid: 121, rssBytes: 6 * MIB, state: "R" }),
    ],
    ...different,
  };
}

function row(different: Partial<ProcessRow>): ProcessRow {
  return {
    role: "",
    depth: 0,
    pid: 1,
    state: "S",
    rssBytes: 30 * MIB,
    cpuMs: 120,
    childrenCpuMs: 0,
    cpuPercent: 0.1,
    uptimeMs: 191_000,
    ...different,
  };
}
