/** What a run must hold, whatever failed in it. */

import { ALLOCATIONS, type Case } from "./cases.ts";
import { realisticErrors } from "./call_table.ts";
import type { PairRun } from "./run_pair.ts";

export type Defect = "hang" | "lost child" | "internal error" | "file left" | "answer" | "status";

export interface Verdict {
  /** Whether strace came to make the call fail, or sent the signal. */
  wasReached: boolean;
  defects: { kind: Defect; detail: string }[];
}

const INTERNAL =
  /internal error|Uncaught|panicked|AddressSanitizer|runtime error:|never resolved|^\s+at .*\.(ts|js)/m;

/** Refused, not started, not ready in time, misconfigured, or the child's own status 1. */
const FAILED_START = [1, 64, 69, 75, 78];

export function verdictOf(tested: Case, run: PairRun): Verdict {
  const defects: Verdict["defects"] = [];
  const found = (kind: Defect, detail: string) => defects.push({ kind, detail });
  const text = run.lines.join("\n");
  if (run.status === undefined) found("hang", "no exit within the bound");
  if (run.wasStuck) found("hang", "neither ready nor ended");
  if (run.status === 70 || INTERNAL.test(text)) found("internal error", `status ${run.status}`);
  for (const process of run.leftProcesses) found("lost child", process);
  for (const answer of run.badAnswers) found("answer", answer);
  for (const path of run.leftFiles) if (!mayBeLeft(path, tested, run)) found("file left", path);
  if (run.status !== undefined && !isExpected(tested, run)) {
    found("status", `${run.status}${run.wasReady ? " after it was ready" : ""}`);
  }
  if (!isPlausible(tested, run)) return { wasReached: false, defects: [] };
  return { wasReached: isReached(tested, run), defects };
}

/** strace marks no call at which it only sends a signal, but it traces no other. */
function isReached({ site: { call, index }, injection }: Case, run: PairRun): boolean {
  const { trace, hasKilled } = run;
  if (injection.kind === "error") return injectedLine(trace) !== undefined;
  if (injection.kind === "kill") return hasKilled;
  return trace.filter((line) => line.startsWith(`${call}(`)).length >= index;
}

/** The calls of a start vary a little, so the count can hit another call, which may never fail like that. */
function isPlausible({ site: { call }, injection }: Case, { trace }: PairRun): boolean {
  const line = injectedLine(trace);
  return injection.kind !== "error" || line === undefined ||
    realisticErrors(call, line).includes(injection.error);
}

function injectedLine(trace: string[]): string | undefined {
  return trace.find((line) => line.includes("(INJECTED)"));
}

/**
 * What could not be removed is said, with its path or its folder's. A lock file without a lock is no obstacle, so it is
 * left in silence; and a file that is "not found" is taken for removed.
 */
function mayBeLeft(path: string, { injection }: Case, run: PairRun): boolean {
  const folder = path.slice(0, path.lastIndexOf("/"));
  const isSaid = run.lines.some((line) =>
    line.includes(`cannot tidy up ${path}:`) || line.includes(`cannot tidy up ${folder}:`)
  );
  if (isSaid) return true;
  if (injection.kind !== "error") return false;
  return path.endsWith(".lock") || (injection.error === "ENOENT" && path.startsWith("/"));
}

/** Before it listens for signals, tandem has started and written nothing, and the default action ends it. */
function diedEarly(run: PairRun): boolean {
  return !run.wasReady && [129, 130, 143].includes(run.status ?? 0) && run.lines.length === 0;
}

function isExpected({ injection, site }: Case, run: PairRun): boolean {
  const status = run.status!;
  // 78: what is killed is nginx's test of its conf.
  if (injection.kind === "kill") return [0, 78, 137].includes(status);
  if (injection.kind === "signal") return status === 0 || diedEarly(run);
  if (run.wasReady) return status === 0 || (status === 124 && site.call === "kill");
  // Without memory for the JavaScript runtime nothing can run, and nothing has been started or written.
  if (ALLOCATIONS.has(site.call) && status === 134 && run.lines.length === 0) return true;
  return status === 0 || (FAILED_START.includes(status) && run.lines.some(isOfTandem));
}

function isOfTandem(line: string): boolean {
  return line.startsWith("tandem: ") || line.startsWith("error: ");
}
