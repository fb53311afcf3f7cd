/** Collects what `status` shows of a running tandem, from the state file and /proc. */

import { monotonicClock } from "../host/system/clock.ts";
import { lostSocket } from "../host/files/socket_file.ts";
import { countConnections } from "../host/net/connection_count.ts";
import { bootClockNow } from "../host/process/boot_clock.ts";
import { countMemoryKills, memoryLimit } from "../host/machine/memory.ts";
import { TICK_MS } from "../host/process/stat.ts";
import { countDescriptors, readTree } from "../host/process/tree.ts";
import type { State } from "../host/state/schema.ts";
import type { MemoryKills } from "../plan/format.ts";
import type { SocketLoss } from "../plan/address.ts";
import { progressText } from "../supervise/progress_text.ts";
import { lateWorkers, roleOf } from "./roles.ts";

export interface ProcessRow {
  role: string;
  /** Generations below tandem. */
  depth: number;
  pid: number;
  state: string;
  rssBytes: number;
  cpuMs: number;
  /** Of its children that have exited. */
  childrenCpuMs: number;
  /** Of one CPU, since the previous snapshot or else since the process's start. */
  cpuPercent: number;
  uptimeMs: number;
}

export interface StatusView {
  folder: string;
  state: State;
  isReady: boolean;
  /** Milliseconds since tandem's start, like the moments in the state. */
  uptimeMs: number;
  processes: ProcessRow[];
  /** Why there are none, and what to do. */
  unseen?: string;
  /** `undefined` if gunicorn's socket is there, or not made yet. */
  socketLoss: SocketLoss | undefined;
  /** Of nginx's clients; `undefined` if the count is not known. */
  connections: number | undefined;
  /** Of tandem itself; `undefined` if this user may not see them. */
  openDescriptors: number | undefined;
  /** gunicorn workers that started after the pair was ready or reloaded: replacements, or added ones. */
  lateWorkers: number;
  /** Since tandem's start; `undefined` if they are not counted. */
  memory: MemoryKills | undefined;
  /** What a start or a drain is waiting for. */
  waiting: string | undefined;
}

/** CPU times, from which the next snapshot takes the CPU use in between. */
export interface StatusSnapshot {
  at: number;
  cpuMs: Map<string, number>;
}

export function takeSnapshot(
  { state, folder, unseen }: Pick<StatusView, "state" | "folder" | "unseen">,
  before?: StatusSnapshot,
): [StatusView, StatusSnapshot] {
  const at = monotonicClock.now();
  const now = bootClockNow();
  const uptimeMs = Math.max(0, now - state.startTicks * TICK_MS);
  // Here its pid may be that of another process.
  const tree = unseen ? [] : readTree(state.pid);
  const snapshot: StatusSnapshot = { at, cpuMs: new Map() };
  const processes = tree.map((facts): ProcessRow => {
    const { pid, depth, rssBytes, startTicks, cpuTicks, childrenCpuTicks } = facts;
    const cpuMs = cpuTicks * TICK_MS;
    const age = Math.max(0, now - startTicks * TICK_MS);
    const key = `${pid} ${startTicks}`;
    snapshot.cpuMs.set(key, cpuMs);
    const known = before?.cpuMs.get(key);
    return {
      role: roleOf(facts, tree, state),
      depth,
      pid,
      state: facts.state,
      rssBytes,
      cpuMs,
      childrenCpuMs: childrenCpuTicks * TICK_MS,
      cpuPercent: known !== undefined && before
        ? percent(cpuMs - known, at - before.at)
        : percent(cpuMs, age),
      uptimeMs: age,
    };
  });
  const connections = unseen ? undefined : countConnections(state.listens);
  const view: StatusView = {
    folder,
    state,
    isReady: state.phase === "serving",
    uptimeMs,
    processes,
    unseen,
    socketLoss: unseen ? undefined : findSocketLoss(state),
    connections,
    openDescriptors: unseen ? undefined : countDescriptors(state.pid),
    lateWorkers: lateWorkers(tree, state),
    memory: unseen ? undefined : readMemoryKills(state),
    waiting: progressText({
      phase: state.phase,
      drainStep: state.drainStep,
      marks: state.timeline,
      now: uptimeMs,
      limits: state.limits,
      readyPath: state.ready?.path ?? "",
      lastAnswer: state.lastAnswer,
      unansweredSince: state.unansweredSince,
      countConnections: () => connections,
    }),
  };
  return [view, snapshot];
}

function readMemoryKills({ pid, oldMemoryKills }: State): MemoryKills | undefined {
  const kills = countMemoryKills(pid);
  if (kills === undefined || oldMemoryKills === undefined) return undefined;
  return { limit: memoryLimit(pid), kills: Math.max(0, kills - oldMemoryKills) };
}

/** Only while the pair serves: a gunicorn that stops removes its socket itself. */
function findSocketLoss({ phase, socket, socketIdentity }: State): SocketLoss | undefined {
  const isServing = phase === "serving" && socketIdentity !== undefined;
  return isServing ? lostSocket(socket, socketIdentity) : undefined;
}

function percent(part: number, whole: number): number {
  return whole > 0 ? Math.round(1000 * part / whole) / 10 : 0;
}
