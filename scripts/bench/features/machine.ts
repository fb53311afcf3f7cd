/** What a launcher makes of its machine, and needs of its image. */

import { makeCpuQuota } from "../../../tests/support/machine/cpu_quota.ts";
import { argumentsOf } from "../../../tests/support/machine/process_table.ts";
import { until } from "../../../tests/support/waiting.ts";
import type { Feature } from "../features.ts";
import type { BenchFolder } from "../harness/bench_folder.ts";
import { type Candidate, filesOf } from "../candidates.ts";
import type { Launch } from "../harness/launch.ts";
import { needsCell, needsOf, NOT_APPLICABLE } from "./cells.ts";
import { PATIENCE_MS, running, serves, start } from "./trial.ts";

const QUOTA_PERCENT = 100;
const STEADY_MS = 1000;

export const workersByQuota: Feature = {
  name: "workers by default",
  question:
    "How many workers serve if nobody sets a number: under a CPU quota of one processor, and without a quota?",
  async decide(candidate, benchFolder) {
    await using group = makeCpuQuota(QUOTA_PERCENT);
    if (!group || navigator.hardwareConcurrency < 2) return NOT_APPLICABLE;
    const join = ["sh", "-c", `echo $$ >${group.joinFile}; exec "$0" "$@"`];
    const limited = await defaultWorkers(candidate, benchFolder, join);
    const free = await defaultWorkers(candidate, benchFolder, []);
    return `${limited}, ${free}`;
  },
};

async function defaultWorkers(
  candidate: Candidate,
  benchFolder: BenchFolder,
  prefix: string[],
): Promise<number> {
  await using launch = start(candidate, benchFolder, {
    image: benchFolder.image({ workers: "default" }),
    prefix,
  });
  await serves(launch);
  let last = 0;
  let since = performance.now();
  return await until(PATIENCE_MS, "a steady number of workers", () => {
    const count = countWorkers(launch);
    if (count !== last) since = performance.now();
    last = count;
    return performance.now() - since > STEADY_MS ? count : undefined;
  });
}

function countWorkers(launch: Launch): number {
  if (launch.candidate.alone === "uvicorn") {
    const spawned = launch.processes().filter(({ pid }) =>
      argumentsOf(pid).some((word) => word.includes("spawn_main"))
    );
    // Without a number uvicorn serves in its one process.
    return spawned.length || 1;
  }
  return running(launch, "gunicorn").length - 1;
}

export const needs: Feature = {
  name: "needs in the image",
  question: "What must be in the image beside nginx, gunicorn and the launcher's own files?",
  async decide(candidate) {
    if (candidate.alone) return "nothing";
    const found = new Set<string>();
    for (const path of filesOf(candidate)) {
      for (const one of needsOf(firstLine(path), await ldd(path))) found.add(one);
    }
    return needsCell(found);
  },
};

function firstLine(path: string): string {
  if (path.endsWith(".py")) return "#!/usr/bin/python3";
  using file = Deno.openSync(path);
  const bytes = new Uint8Array(256);
  const size = file.readSync(bytes) ?? 0;
  return new TextDecoder().decode(bytes.subarray(0, size)).split("\n")[0]!;
}

/** It fails for what is no dynamic executable. */
async function ldd(path: string): Promise<string> {
  const { stdout } = await new Deno.Command("ldd", { args: [path], stderr: "null" }).output();
  return new TextDecoder().decode(stdout);
}
