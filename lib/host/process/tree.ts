/** A process and its descendants, as /proc shows them at this moment. */

import { listNames, readTextIfExists } from "../system/if_exists.ts";
import { listPids, type ProcessStat, readStat, readStatOfAny } from "./stat.ts";

export interface ProcessFacts extends ProcessStat {
  pid: number;
  /** 0 for the root of the tree, 1 for its children. */
  depth: number;
  /** Resident memory; pages shared with other processes count in full. */
  rssBytes: number;
  /** The command line, or what the process has replaced it with: "nginx: worker process". */
  title: string;
}

/** Each process before its children, and these in the order of their start. Empty if the root is gone. */
export function readTree(root: number): ProcessFacts[] {
  const stats = readAllStats();
  const childrenOf = new Map<number, number[]>();
  for (const [pid, { parent }] of stats) {
    const siblings = childrenOf.get(parent);
    if (siblings) siblings.push(pid);
    else childrenOf.set(parent, [pid]);
  }
  const tree: ProcessFacts[] = [];
  function add(pid: number, depth: number): void {
    const stat = stats.get(pid);
    if (!stat) return;
    tree.push({ ...stat, pid, depth, rssBytes: readRss(pid), title: readTitle(pid) });
    const children = childrenOf.get(pid) ?? [];
    const start = (child: number) => stats.get(child)?.startTicks ?? 0;
    children.sort((a, b) => start(a) - start(b) || a - b);
    for (const child of children) add(child, depth + 1);
  }
  add(root, 0);
  return tree;
}

/**
 * The workers of a running gunicorn: the master's children that were forked and not executed, without zombies. The
 * module setproctitle, if it is installed, gives them another title.
 */
export function listWorkers(master: number): number[] {
  const title = readTitle(master);
  if (!title) return [];
  return listChildren(master).filter((pid) => {
    const own = readTitle(pid);
    return own === title || own.startsWith("gunicorn: worker");
  });
}

/** From a list that not every kernel has, or from all processes. */
function listChildren(pid: number): number[] {
  const list = readTextIfExists(`/proc/${pid}/task/${pid}/children`);
  if (list !== undefined) return list.split(" ").filter(Boolean).map(Number);
  return listPids().filter((other) => readStat(other)?.parent === pid);
}

/** How many descriptors a process has open; `undefined` if this user may not see them. */
export function countDescriptors(pid: number): number | undefined {
  const count = listNames(`/proc/${pid}/fd`).length;
  // A process that lists its own sees the descriptor of the folder too.
  return count === 0 ? undefined : pid === Deno.pid ? count - 1 : count;
}

function readAllStats(): Map<number, ProcessStat> {
  const stats = new Map<number, ProcessStat>();
  for (const pid of listPids()) {
    const stat = readStatOfAny(pid);
    if (stat) stats.set(pid, stat);
  }
  return stats;
}

/** Bytes; 0 for a zombie. The kernel counts in kB of 1,024 bytes. */
function readRss(pid: number): number {
  return Number(/^VmRSS:\s+(\d+) kB$/m.exec(readStatus(pid))?.[1] ?? 0) * 1024;
}

function readTitle(pid: number): string {
  return (readTextIfExists(`/proc/${pid}/cmdline`) ?? "").replace(/\0+/g, " ").trim();
}

/** The uid that a process runs as; `undefined` if it is gone. */
export function readUser(pid: number): number | undefined {
  const uid = /^Uid:\s+(\d+)/m.exec(readStatus(pid))?.[1];
  return uid === undefined ? undefined : Number(uid);
}

/** Empty if the process is gone, or hidden from this user by hidepid. */
function readStatus(pid: number): string {
  return readTextIfExists(`/proc/${pid}/status`) ?? "";
}
