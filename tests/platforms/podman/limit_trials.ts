/** Trials of what tandem sees of a container's limits. */

import assert from "node:assert/strict";
import type { Edition } from "../../support/editions.ts";
import type { Trial } from "../platform.ts";
import type { Workshop } from "./podman.ts";

export function limitTrials(workshop: () => Workshop): Trial[] {
  const cpus = navigator.hardwareConcurrency;
  return [
    workers("no limit", [], cpus),
    workers("`--cpus=0.5`", ["--cpus=0.5"], 1),
    workers("`--cpuset-cpus=0`", ["--cpuset-cpus=0"], 1),
    {
      name: "`--memory=256m`",
      async run(edition) {
        const report = await runTandem(edition, ["--memory=256m"], ["check", "--json"]);
        const { found } = report.checks.find(({ name }) => name === "memory")!;
        assert.match(found, /; 256 MiB are allowed/);
        return { remarks: `\`check\`: ${found}` };
      },
    },
  ];

  function workers(what: string, flags: string[], expected: number): Trial {
    return {
      name: `workers with ${what}`,
      async run(edition) {
        const { settings } = await runTandem(edition, flags, ["config", "--json"]);
        const { value } = settings.find(({ name }) => name === "workers")!;
        assert.equal(value, expected);
        return { remarks: `${value} of ${cpus} CPUs` };
      },
    };
  }

  async function runTandem(edition: Edition, flags: string[], args: string[]): Promise<Report> {
    const { engine, images } = workshop();
    const image = await images.build("debian", edition);
    const all = [...engine.containerFlags, "--network=none", ...flags];
    return JSON.parse(await engine.done("run", "--rm", ...all, image, ...args));
  }
}

interface Report {
  settings: { name: string; value: unknown }[];
  checks: { name: string; found: string }[];
}
