/** Sees that a reload is done: fresh workers answer in the place of those before it. */

import { getStatus } from "../net/http.ts";
import { readTree } from "../process/tree.ts";
import { isAlive } from "./identity.ts";
import type { ProcessIdentity, State } from "./schema.ts";
import { type Clock, happensWithin } from "../system/clock.ts";

/** Idle old workers have exited by then. Those that are left have requests, which may take any time. */
const IDLE_MS = 2000;
/** For one answer to GET of the ready path; then it is asked again. */
const ANSWER_MS = 2000;

type Masters = Pick<State, "nginx" | "gunicorn">;

export interface FreshWorkers {
  kind: "fresh";
  /** gunicorn's workers: those since the reload, and those from before it. */
  workers: number;
  oldWorkers: number;
}

/** The workers of nginx and gunicorn. */
export function readWorkers({ nginx, gunicorn }: Masters): ProcessIdentity[] {
  return [nginx, gunicorn].flatMap((master) => readChildren(master));
}

/**
 * @param before the workers before the reload
 * @param elapsed milliseconds since the masters got the signal
 * @returns `undefined` if the reload is not done yet
 */
export async function findFreshWorkers(
  state: Masters & Pick<State, "ready">,
  before: readonly ProcessIdentity[],
  elapsed: number,
  clock: Clock,
): Promise<FreshWorkers | undefined> {
  const isOld = ({ pid, startTicks }: ProcessIdentity) =>
    before.some((known) => known.pid === pid && known.startTicks === startTicks);
  const nginx = readChildren(state.nginx);
  const gunicorn = readChildren(state.gunicorn);
  const oldWorkers = gunicorn.filter(isOld).length;
  const workers = gunicorn.length - oldWorkers;
  const isComplete = workers > 0 && !nginx.every(isOld);
  // An idle old worker could give the answer.
  const mayAsk = oldWorkers === 0 || elapsed > IDLE_MS;
  const isDone = isComplete && mayAsk && await isReady(state, clock);
  return isDone ? { kind: "fresh", workers, oldWorkers } : undefined;
}

function readChildren(master: ProcessIdentity | undefined): ProcessIdentity[] {
  if (!master || !isAlive(master)) return [];
  return readTree(master.pid).filter(({ depth, state }) => depth === 1 && state !== "Z");
}

async function isReady({ ready }: Pick<State, "ready">, clock: Clock): Promise<boolean> {
  if (!ready) return true;
  const tooLate = new AbortController();
  const answer = getStatus(ready.address, ready.path, tooLate.signal).catch(() => undefined);
  const isInTime = await happensWithin(clock, ANSWER_MS, answer);
  tooLate.abort();
  return isInTime && await answer === 200;
}
