/** The one table of metrics, from which the text and docs/metrics.md are made. Pure. */

import { drainSteps, phaseNames } from "../supervise/phases.ts";
import { deathReasons } from "../supervise/worker_deaths.ts";
import type { ProcessRow, StatusView } from "./view.ts";

export interface Metric {
  /** Without `tandem_`. */
  readonly name: string;
  readonly type: "counter" | "gauge";
  readonly help: string;
  /** Under which condition there are no samples of it. */
  readonly absent?: string;
  /** The names of its labels and the values of each, if they are fixed. */
  readonly labels?: Readonly<Record<string, readonly string[] | undefined>>;
  /** A number, or one for each value of the one label; `undefined` if it is not known. */
  read(view: StatusView): number | undefined | MetricSample[];
}

export type MetricSample = readonly [labels: Readonly<Record<string, string>>, value: number];

/** The roles of a run, as `roleOf` names them. */
export const runRoles = [
  "tandem",
  "guardian",
  "nginx master",
  "nginx worker",
  "gunicorn master",
  "gunicorn worker",
] as const;

/** Counted as "other": processes of the app, nginx's cache manager, orphans. */
export const processRoles = [...runRoles, "other"] as const;
type ProcessRole = typeof processRoles[number];

const UNSEEN = "/proc does not show tandem's processes to this user";

/** Each sample of a counter is there from the start, with 0: otherwise `increase()` would miss the first event. */
export const metricsTable: readonly Metric[] = [
  {
    name: "up",
    type: "gauge",
    help: "Whether a tandem runs; if not, this is the only metric",
    read: () => 1,
  },
  {
    name: "build_info",
    type: "gauge",
    help: "Always 1; the labels say which tandem runs",
    labels: { version: undefined, edition: undefined, commit: undefined },
    read: ({ state: { version, edition = "", commit = "" } }) => [
      [{ version, edition, commit }, 1],
    ],
  },
  {
    name: "start_time_seconds",
    type: "gauge",
    help: "When tandem started, in seconds since 1970",
    read: ({ state }) => Date.parse(state.startedAt) / 1000,
  },
  {
    name: "ready",
    type: "gauge",
    help: "Whether the phase is serving",
    read: ({ isReady }) => Number(isReady),
  },
  {
    name: "phase",
    type: "gauge",
    help: "1 for the phase of the run, 0 for the others",
    labels: { phase: phaseNames },
    read: ({ state }) => oneOf("phase", phaseNames, state.phase),
  },
  {
    name: "drain_step",
    type: "gauge",
    help: "1 for the step of the drain, 0 for the others; all are 0 before a stop",
    labels: { step: drainSteps },
    read: ({ state }) => oneOf("step", drainSteps, state.drainStep),
  },
  {
    name: "worker_deaths_total",
    type: "counter",
    help: "gunicorn workers that died unasked",
    absent: "gunicorn's output is inherited and the kernel has no pidfd_open",
    labels: { reason: deathReasons },
    read: ({ state: { workerDeaths, workerDeathReasons: counts = {} } }) =>
      workerDeaths === undefined
        ? undefined
        : deathReasons.map((reason) => [{ reason }, counts[reason] ?? 0]),
  },
  {
    name: "late_workers",
    type: "gauge",
    help: "gunicorn workers younger than the start or the last reload: replaced or added",
    absent: UNSEEN,
    read: ({ lateWorkers, unseen }) => unseen ? undefined : lateWorkers,
  },
  {
    name: "memory_kills_total",
    type: "counter",
    help: "Processes in the memory cgroup that the kernel killed for want of memory",
    absent: "the memory cgroup cannot be read",
    read: ({ memory }) => memory?.kills,
  },
  {
    name: "memory_limit_bytes",
    type: "gauge",
    help: "The limit of the memory cgroup",
    absent: "there is none",
    read: ({ memory }) => Number.isFinite(memory?.limit) ? memory?.limit : undefined,
  },
  {
    name: "reloads_total",
    type: "counter",
    help: "Reloads that were done, and that were refused because of an error",
    labels: { result: ["done", "refused"] },
    read: ({ state: { reloads } }) => [
      [{ result: "done" }, reloads.done],
      [{ result: "refused" }, reloads.refused],
    ],
  },
  {
    name: "connections",
    type: "gauge",
    help: "Open client connections of nginx",
    absent: "they cannot be counted",
    read: ({ connections }) => connections,
  },
  {
    name: "socket_lost",
    type: "gauge",
    help: "Whether gunicorn's socket was removed or replaced, so that clients get 502",
    absent: UNSEEN,
    read: ({ socketLoss, unseen }) => unseen ? undefined : Number(socketLoss !== undefined),
  },
  {
    name: "lines_relayed_total",
    type: "counter",
    help: "Log lines of nginx and gunicorn that tandem passed on",
    absent: "their output is inherited (--logs inherit)",
    read: ({ state }) => state.lines?.relayed,
  },
  {
    name: "lines_dropped_total",
    type: "counter",
    help: "Log lines that were dropped because nothing read tandem's output",
    absent: "the output of nginx and gunicorn is inherited (--logs inherit)",
    read: ({ state }) => state.lines?.dropped,
  },
  {
    name: "open_descriptors",
    type: "gauge",
    help: "Open file descriptors of tandem itself",
    absent: "this user may not see them",
    read: ({ openDescriptors }) => openDescriptors,
  },
  {
    name: "processes",
    type: "gauge",
    help: "Processes by role",
    absent: UNSEEN,
    labels: { role: processRoles },
    read: (view) => byRole(view, processRoles, () => 1),
  },
  {
    name: "resident_memory_bytes",
    type: "gauge",
    help: "Resident memory by role; pages that processes share count in each",
    absent: UNSEEN,
    labels: { role: processRoles },
    read: (view) => byRole(view, processRoles, ({ rssBytes }) => rssBytes),
  },
  {
    name: "cpu_seconds_total",
    type: "counter",
    help: "CPU time by role; workers that have exited are included",
    absent: UNSEEN,
    // What others used counts for the worker that waited for them: by itself it would fall whenever one exits.
    labels: { role: processRoles.filter((role) => role !== "other") },
    read: (view) => cpuSeconds(view),
  },
];

/** A state set. */
function oneOf(
  label: string,
  names: readonly string[],
  current: string | undefined,
): MetricSample[] {
  return names.map((name) => [{ [label]: name }, Number(name === current)]);
}

function byRole(
  { processes, unseen }: StatusView,
  roles: readonly ProcessRole[],
  valueOf: (row: ProcessRow) => number,
): MetricSample[] | undefined {
  if (unseen) return undefined;
  return roles.map((role) => {
    const rows = processes.filter((row) => processRole(row) === role);
    return [{ role }, rows.reduce((sum, row) => sum + valueOf(row), 0)];
  });
}

function processRole({ role }: ProcessRow): ProcessRole {
  if (role.startsWith("nginx worker")) return "nginx worker";
  return processRoles.find((name) => name === role) ?? "other";
}

/** The kernel adds what a worker has used to its master's children once it has exited, so that no sum falls. */
function cpuSeconds({ processes, unseen }: StatusView): MetricSample[] | undefined {
  if (unseen) return undefined;
  const sums: Record<string, number> = {};
  const add = (role: string, milliseconds: number) => {
    sums[role] = (sums[role] ?? 0) + milliseconds;
  };
  for (const row of processes) {
    const role = processRole(row);
    add(role, row.cpuMs);
    if (role.endsWith("worker")) add(role, row.childrenCpuMs);
    if (role === "nginx master") add("nginx worker", row.childrenCpuMs);
    if (role === "gunicorn master") add("gunicorn worker", row.childrenCpuMs);
  }
  return processRoles.filter((role) => role !== "other")
    .map((role) => [{ role }, (sums[role] ?? 0) / 1000]);
}
