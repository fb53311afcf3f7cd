/** The time of tandem's own commands, from exec to exit. */

import { isTandem } from "../candidates.ts";
import type { Launch } from "../harness/launch.ts";
import { summarize } from "../statistics.ts";
import { inside } from "./inside.ts";

const RUNS = 5;

/** @returns the median in milliseconds; `undefined` if it is not tandem */
export async function commandTime(
  launch: Launch,
  command: "status" | "health",
): Promise<number | undefined> {
  const { benchFolder, candidate, image } = launch;
  if (!isTandem(candidate)) return undefined;
  const timed = [benchFolder.program("timed"), candidate.executable, command];
  const times: number[] = [];
  for (let run = 0; run < RUNS; run++) {
    const { success, stdout, stderr } = await inside(launch, [
      ...timed,
      "--state-dir",
      image.stateFolder,
    ]).output();
    if (!success) throw new Error(`tandem ${command}: ${new TextDecoder().decode(stderr)}`);
    times.push(Number(new TextDecoder().decode(stdout)) / 1e6);
  }
  return summarize(times).median;
}
