/**
 * Both editions under real init systems, supervisors and container runtimes, with the files of deploy/.
 *
 *   deno task test:platforms [--only NAME]... [--trial TEXT] [--quick] [--write]
 *
 * --quick is the short form in the gate. --write updates docs/platforms.md.
 */

// deno-lint-ignore-file no-console -- a script prints
import { parseArgs } from "node:util";
import { editions } from "../support/editions.ts";
import { platforms } from "./all_platforms.ts";
import type { Platform, Trial } from "./platform.ts";
import { platformTable, type TrialResult, writePlatform } from "./report.ts";

const { values } = parseArgs({
  options: {
    only: { type: "string", multiple: true, default: platforms.map(({ name }) => name) },
    /** Only the trials with this in their name. */
    trial: { type: "string", default: "" },
    quick: { type: "boolean", default: false },
    write: { type: "boolean", default: false },
  },
});

const chosen = values.only.map((name) => {
  const platform = platforms.find((platform) => platform.name === name);
  if (platform) return platform;
  throw new Error(`--only ${name}: use ${platforms.map(({ name }) => name).join(", ")}`);
});
Deno.exit(await main());

/** @returns the exit status */
async function main(): Promise<number> {
  let failed = 0;
  for (const platform of chosen) {
    if (!platform.trials.some(isChosen)) continue;
    const prepared = await platform.prepare();
    if (prepared.kind === "ignored") {
      console.log(`platforms: ${platform.name} ignored: ${prepared.reason}`);
      continue;
    }
    const results = await tryOn(platform);
    failed += results.filter(({ figures }) => figures instanceof Error).length;
    console.log(`\n${platform.name} (${prepared.version})\n${platformTable(results)}\n`);
    if (values.write) writePlatform(platform.name, prepared.version, results);
  }
  console.log(`platforms: ${failed} failed`);
  return failed > 0 ? 1 : 0;
}

function isChosen({ name, isQuick = false }: Trial): boolean {
  return name.includes(values.trial) && (isQuick || !values.quick);
}

async function tryOn({ name, trials }: Platform): Promise<TrialResult[]> {
  const results: TrialResult[] = [];
  for (const trial of trials.filter(isChosen)) {
    for (const edition of editions) {
      const begin = performance.now();
      const figures = await trial.run(edition).catch((error: unknown) =>
        error instanceof Error ? error : new Error(`${error}`)
      );
      const seconds = ((performance.now() - begin) / 1000).toFixed(1);
      const outcome = figures instanceof Error ? `failed: ${figures.message}` : "passed";
      console.log(`${name}, ${edition.name}, ${trial.name}: ${outcome} (${seconds} s)`);
      results.push({ trial: trial.name, edition: edition.name, figures });
    }
  }
  return results;
}
