/** What each candidate can do, decided by runs of it. */

import { within } from "../../tests/support/waiting.ts";
import { pool } from "../../tests/support/pool.ts";
import type { BenchFolder } from "./bench_folder.ts";
import type { Candidate } from "./candidates.ts";
import { gunicornKilled, launcherKilled, nginxKilled } from "./features/ends.ts";
import { needs, workersByQuota } from "./features/machine.ts";
import { orphansReaped, orphansStopped } from "./features/orphans.ts";
import { logToSocket, wholeLogLines } from "./features/output.ts";
import { reload } from "./features/reload.ts";
import { brokenConf, earlyAnswers, failingApp, readiness, takenPort } from "./features/start.ts";
import { lostInAStop, stopDuringImport } from "./features/stop.ts";

export interface Feature {
  /** The head of a column. */
  name: string;
  question: string;
  /** @returns the text of a cell */
  decide(candidate: Candidate, benchFolder: BenchFolder): Promise<string>;
}

export interface FeatureTable {
  notes: string[];
  columns: { name: string; question: string }[];
  candidates: { name: string; cells: string[] }[];
  failures: { name: string; column: string; reason: string }[];
}

export const features: readonly Feature[] = [
  earlyAnswers,
  readiness,
  failingApp,
  brokenConf,
  takenPort,
  nginxKilled,
  gunicornKilled,
  launcherKilled,
  lostInAStop,
  stopDuringImport,
  orphansReaped,
  orphansStopped,
  reload,
  logToSocket,
  wholeLogLines,
  workersByQuota,
  needs,
];

/** The trials mostly wait, so that more of them than processors can run at a time. */
const AT_ONCE = 8;

/** Far above what each takes by its own bounds. */
const TRIAL_MS = 150_000;

const UNDECIDED = "?";

export async function runFeatures(
  list: readonly Feature[],
  candidates: readonly Candidate[],
  benchFolder: BenchFolder,
): Promise<FeatureTable> {
  const failures: FeatureTable["failures"] = [];
  const rows = candidates.map(({ name }) => ({ name, cells: list.map(() => UNDECIDED) }));
  const trials = list.flatMap((feature, column) =>
    candidates.map((candidate, row) => ({ feature, column, candidate, row }))
  );
  await pool(AT_ONCE, trials, async ({ feature, column, candidate, row }) => {
    try {
      const cell = feature.decide(candidate, benchFolder);
      rows[row]!.cells[column] = await within(TRIAL_MS, "a decision", cell);
    } catch (error) {
      const reason = (error as Error).message;
      failures.push({ name: candidate.name, column: feature.name, reason });
    }
  });
  return {
    notes: [],
    columns: list.map(({ name, question }) => ({ name, question })),
    candidates: rows,
    failures,
  };
}
