/** Finds out which candidates work on this machine. */

import { repository } from "../../../tests/support/paths.ts";
import { type Candidate, candidates } from "../candidates.ts";
import { Launch } from "./launch.ts";
import type { BenchFolder } from "./bench_folder.ts";

export interface Availability {
  available: Candidate[];
  /** Candidate -> reason. */
  unavailable: Record<string, string>;
}

export async function findAvailable(benchFolder: BenchFolder): Promise<Availability> {
  const availability: Availability = { available: [], unavailable: {} };
  for (const candidate of candidates) {
    const reason = exists(candidate.executable)
      ? await whyNotServing(candidate, benchFolder)
      : candidate.executable.startsWith(repository)
      ? "not built"
      : "not installed: run scripts/setup.sh bench";
    if (reason === undefined) availability.available.push(candidate);
    else availability.unavailable[candidate.name] = reason;
  }
  return availability;
}

/** A start that is not measured: it shows whether the pair works, and warms the caches for all candidates. */
async function whyNotServing(
  candidate: Candidate,
  benchFolder: BenchFolder,
): Promise<string | undefined> {
  try {
    await using launch = new Launch(benchFolder, candidate, { pair: "nginx and gunicorn" });
    await launch.firstAnswer();
  } catch (error) {
    return (error as Error).message;
  }
}

function exists(path: string): boolean {
  try {
    return Deno.statSync(path).isFile;
  } catch {
    return false;
  }
}
