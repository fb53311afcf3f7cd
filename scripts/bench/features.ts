/** What each candidate can do, decided by runs of it. */

import { within } from "../../tests/support/waiting.ts";
import { pool } from "../../tests/support/pool.ts";
import type { BenchFolder } from "./harness/bench_folder.ts";
import type { Candidate } from "./candidates.ts";
import type { FeatureTable } from "./document/data.ts";
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

const notes = [
  "Each cell is what a run showed, with the real nginx and gunicorn and 2 gevent workers, as PID 1 of a pid namespace; " +
  "the set-ups are in scripts/bench/candidates/.",
  '"137 in 0.3 s" is the exit status of the container, and how long it took; "runs on" is neither an exit nor a ' +
  "working restart within 12 s.",
  "gunicorn and uvicorn alone run without nginx; – is what has no meaning for them.",
  "s6, runit and supervisord have commands to signal nginx and gunicorn each; the reload here is the one signal that " +
  "the container gets.",
  "With --logs prefix or json tandem keeps long lines whole; the table has its default, which hands its stdout to the children.",
  "gunicorn brings Python into each of these images.",
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
  const failures: NonNullable<FeatureTable["failures"]> = [];
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
    notes,
    columns: list.map(({ name, question }) => ({ name, question })),
    candidates: rows,
    failures,
  };
}
