/** `tandem reload`: has the running tandem load its new nginx.conf and start fresh workers, and waits for them. */

import { writeToStderr, writeToStdout } from "../host/output/output.ts";
import type { ProcessIdentity, Reloads, State } from "../host/state/schema.ts";
import { requestImport, takeImportRequest } from "../host/state/reload_request.ts";
import { signalInstance } from "../host/state/signal_instance.ts";
import { monotonicClock as clock } from "../host/system/clock.ts";
import { formatDuration, plural } from "../plan/format.ts";
import type { Invocation } from "../plan/settings.ts";
import { importLimit, NGINX_CHECK_MS } from "../plan/reload_times.ts";
import { findFreshWorkers, type FreshWorkers, readWorkers } from "../host/state/fresh_workers.ts";
import { findRunning } from "./running.ts";

const POLL_MS = 50;

/** @returns the exit status */
export async function reload(invocation: Invocation): Promise<number> {
  const begin = clock.now();
  const running = findRunning(invocation);
  if (running.kind === "none") return fail(running.reason);
  if (running.unseen) return fail(`not reloaded: ${running.unseen}`);
  const before = running.state;
  const { pid, phase } = before;
  if (phase !== "serving") {
    return fail(`not reloaded: pid ${pid} is ${phase}, and can only reload while serving`);
  }
  const oldWorkers = readWorkers(before);
  if (invocation.options.importApp) {
    try {
      requestImport(running.folder);
    } catch (error) {
      return fail(`not reloaded: cannot write to ${running.folder}: ${(error as Error).message}`);
    }
  }
  const outcome = signalInstance(before, "SIGHUP");
  if (outcome !== "sent") takeImportRequest(running.folder);
  switch (outcome) {
    case "not-permitted":
      return fail(`not permitted to reload pid ${pid}: it belongs to another user`);
    case "gone":
      return fail(`not reloaded: pid ${pid} has just exited`);
  }

  const checkLimit = NGINX_CHECK_MS + importLimit(importTime(before));
  const checked = await poll(checkLimit, () => findReloadAttempt(invocation, before));
  if (checked === "timeout") {
    return fail(`pid ${pid} has not reacted to SIGHUP within ${formatDuration(checkLimit)}`);
  }
  if (checked.kind === "ended") return fail(`not reloaded: ${checked.reason}`);
  const { reloads } = checked.state;
  if (reloads.last?.complaint !== undefined && reloads.done === before.reloads.done) {
    return fail(`reload rejected, still on the old configuration: ${reloads.last.complaint}`);
  }

  const longest = importLimit(importTime(before));
  const checkedAt = clock.now();
  const fresh = await poll<FreshWorkers | Ended>(longest, async () => {
    const now = readServing(invocation, checked.state);
    if (now.kind === "ended") return now;
    return await findFreshWorkers(checked.state, oldWorkers, clock.now() - checkedAt, clock);
  });
  if (fresh === "timeout") {
    return fail(`reloading, but no fresh workers answer after ${formatDuration(longest)}`);
  }
  if (fresh.kind === "ended") return fail(`reloaded, but then ${fresh.reason}`);
  writeToStdout(
    `reloaded in ${formatDuration(clock.now() - begin)}: new nginx.conf, ` +
      plural(fresh.workers, "fresh gunicorn worker") +
      (fresh.oldWorkers
        ? `; ${plural(fresh.oldWorkers, "old worker")} still finishing requests\n`
        : "\n"),
  );
  return 0;
}

/** Calls `find` until it returns something. */
async function poll<T>(
  milliseconds: number,
  find: () => T | undefined | Promise<T | undefined>,
): Promise<T | "timeout"> {
  const deadline = clock.now() + milliseconds;
  for (;;) {
    const found = await find();
    if (found !== undefined) return found;
    if (clock.now() >= deadline) return "timeout";
    await clock.sleep(POLL_MS);
  }
}

interface Ended {
  kind: "ended";
  reason: string;
}

/** Whether the same tandem still serves. */
function readServing(
  invocation: Invocation,
  { pid }: ProcessIdentity,
): { kind: "serving"; state: State } | Ended {
  const running = findRunning(invocation);
  if (running.kind === "none" || running.state.pid !== pid) {
    return { kind: "ended", reason: `pid ${pid} has exited` };
  }
  const { phase, stopCause } = running.state;
  if (phase === "serving") return { kind: "serving", state: running.state };
  return { kind: "ended", reason: `pid ${pid} is ${phase}${stopCause ? `: ${stopCause}` : ""}` };
}

function findReloadAttempt(invocation: Invocation, before: State) {
  const now = readServing(invocation, before);
  const hasTried = now.kind === "ended" || attempts(now.state.reloads) > attempts(before.reloads);
  return hasTried ? now : undefined;
}

function attempts({ done, refused }: Reloads): number {
  return done + refused;
}

/** Milliseconds from gunicorn's start to the app's first answer. */
function importTime({ timeline }: State): number {
  return Math.max(0, (timeline.appAnswered ?? 0) - (timeline.gunicornStarted ?? 0));
}

async function fail(reason: string): Promise<number> {
  await writeToStderr(`tandem: ${reason}\n`);
  return 1;
}
