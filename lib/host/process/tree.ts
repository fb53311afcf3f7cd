/** A process and whatever descends from it, as /proc shows them at this moment. */

import { type ProcessStat, readStatOfAny } from "./stat.ts";

export interface ProcessFacts extends ProcessStat {
  pid: number;
  /** Steps below the one that was asked for. */
  depth: number;
  /** Resident memory; pages that are shared with others count in full. */
  rssBytes: number;
  /** The command line, or what the process has made of it: "nginx: worker process". */
  title: string;
}

/** Each before its children, those in the order of their start. Empty when there is no such process. */
export function readTree(root: number): ProcessFacts[] {
  const stats = allStats();
  const childrenOf = new Map<number, number[]>();
  for (const [pid, { parent }] of stats) {
    childrenOf.set(parent, [...childrenOf.get(parent) ?? [], pid]);
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

function allStats(): Map<number, ProcessStat> {
  const stats = new Map<number, ProcessStat>();
  for (const { name } of Deno.readDirSync("/proc")) {
    const pid = Number(name);
    const stat = pid > 0 ? readStatOfAny(pid) : undefined;
    if (stat) stats.set(pid, stat);
  }
  return stats;
}

/** In kB whatever the size of a page; a zombie has none. */
function readRss(pid: number): number {
  return Number(/^VmRSS:\s+(\d+) kB$/m.exec(read(pid, "status"))?.[1] ?? 0) * 1024;
}

function readTitle(pid: number): string {
  return read(pid, "cmdline").replace(/\0+/g, " ").trim();
}

/** The user that a process runs as; nothing when it is gone. */
export function readUser(pid: number): number | undefined {
  const uid = /^Uid:\s+(\d+)/m.exec(read(pid, "status"))?.[1];
  return uid === undefined ? undefined : Number(uid);
}

/** Empty when the process is gone, or hidden from this user. */
function read(pid: number, file: string): string {
  try {
    return Deno.readTextFileSync(`/proc/${pid}/${file}`);
  } catch {
    return "";
  }
}
