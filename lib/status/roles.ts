/** Names the role of each process in the tree. Pure. */

import { TICK_MS } from "../host/process/stat.ts";
import { GUARDIAN } from "../host/process/adopted.ts";
import type { ProcessFacts } from "../host/process/tree.ts";
import type { ProcessIdentity, State } from "../host/state/schema.ts";

/** "nginx master", "gunicorn worker"; for a process that the app started, its own name. */
export function roleOf(facts: ProcessFacts, tree: readonly ProcessFacts[], state: State): string {
  const { nginx, gunicorn, pid } = state;
  if (facts.pid === pid) return "tandem";
  if (isSameProcess(facts, nginx)) return "nginx master";
  if (isSameProcess(facts, gunicorn)) return "gunicorn master";
  const isBelow = (master: ProcessIdentity | undefined) =>
    facts.parent === master?.pid && tree.some((other) => isSameProcess(other, master));
  // "nginx: worker process is shutting down", "nginx: cache manager process".
  const title = /^nginx: (.+)$/.exec(facts.title)?.[1]?.replace(" process", "");
  if (title !== undefined && (isBelow(nginx) || facts.parent === pid)) return `nginx ${title}`;
  if (isBelow(gunicorn)) return "gunicorn worker";
  if (facts.parent === pid && facts.name === GUARDIAN) return "guardian";
  return facts.parent === pid ? `${facts.name} (orphan)` : facts.name;
}

export function isSameProcess(
  { pid, startTicks }: ProcessIdentity,
  other: ProcessIdentity | undefined,
): boolean {
  return pid === other?.pid && startTicks === other.startTicks;
}

/** Within this time after a start or a reload, all of gunicorn's workers have started. */
const ALL_STARTED_MS = 2000;

/**
 * Counts the workers that started after the pair was ready or reloaded: each replaced one that exited, or was added. A
 * worker that has exited since is missing, because only gunicorn counts all of them.
 */
export function lateWorkers(tree: readonly ProcessFacts[], state: State): number {
  const { gunicorn, startTicks, timeline: { ready }, reloads: { done, last } } = state;
  if (ready === undefined) return 0;
  const settled = Math.max(ready, done > 0 && last ? last.at : 0) + ALL_STARTED_MS;
  return tree.filter((process) =>
    process.parent === gunicorn?.pid && (process.startTicks - startTicks) * TICK_MS > settled
  ).length;
}
