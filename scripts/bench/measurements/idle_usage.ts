/** What a launcher uses while its pair serves and nobody asks. */

import { pause } from "../../../tests/support/waiting.ts";
import type { Candidate } from "../candidates.ts";
import type { BenchFolder } from "../harness/bench_folder.ts";
import { warmUp } from "../harness/clients.ts";
import { Launch } from "../harness/launch.ts";
import { type Usage, usageOf } from "../harness/usage.ts";

/** Before and after the idle time, which begins once the launcher has settled. */
export async function idleUsage(
  candidate: Candidate,
  benchFolder: BenchFolder,
  { settlingMs, idleMs }: { settlingMs: number; idleMs: number },
): Promise<{ before: Usage; after: Usage }> {
  await using launch = new Launch(benchFolder, candidate, { pair: "nginx and gunicorn" });
  await launch.firstAnswer();
  await warmUp(launch);
  await pause(settlingMs);
  const before = usageOf(launch.launcherProcesses());
  await pause(idleMs);
  return { before, after: usageOf(launch.launcherProcesses()) };
}
