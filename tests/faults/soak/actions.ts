/** What operators and accidents do to the pair, one after the other, while it is soaked. */

import assert from "node:assert/strict";
import type { Launcher } from "../../support/launcher.ts";
import { killByPid } from "../../support/machine/process_table.ts";
import { commandBeside } from "../../support/terminal/second_shell.ts";
import { ask } from "../../support/traffic/http_client.ts";
import { until, within } from "../../support/waiting.ts";
import type { SoakClient } from "./client.ts";

export interface SoakCounts {
  reloads: number;
  workerDeaths: number;
  orphans: number;
}

export interface SoakScene {
  launcher: Launcher;
  client: SoakClient;
  counts: SoakCounts;
}

/** Generous for a twentieth of a CPU. */
const LONGEST_MS = 120_000;
export const WORKERS = 2;

export const soakActions: readonly ((scene: SoakScene) => Promise<void>)[] = [
  async function status({ launcher, counts }) {
    const { phase, workerDeaths, reloads } = JSON.parse(
      await command(launcher, "status", "--json"),
    );
    assert.deepEqual(
      { phase, workerDeaths, reloads: reloads.done },
      { phase: "serving", workerDeaths: counts.workerDeaths, reloads: counts.reloads },
    );
  },

  async function health({ launcher }) {
    await command(launcher, "health");
  },

  async function reload({ launcher, counts }) {
    counts.reloads++;
    await command(launcher, "reload");
  },

  async function workerDeath({ launcher, client, counts }) {
    await client.whileIdle(async () => {
      const [worker] = await allWorkers(launcher);
      counts.workerDeaths++;
      killByPid(worker!, "SIGKILL");
      await until(
        LONGEST_MS,
        "the worker's end",
        () => !launcher.workers("gunicorn").includes(worker!),
      );
    });
    await until(LONGEST_MS, "the line of the worker's death", () => {
      const said = launcher.stderr.lines.filter((line) => line.includes('"worker-died"')).length;
      return said === counts.workerDeaths;
    });
    await allWorkers(launcher);
  },

  async function orphan({ launcher, counts }) {
    counts.orphans++;
    await ask(launcher.image.port, "/invocations/orphan");
    const hasOrphan = () => launcher.children().some(({ name }) => name === "sleep");
    await until(LONGEST_MS, "the orphan's end", () => !hasOrphan());
  },

  async function reopenLogs({ launcher }) {
    launcher.signal("SIGUSR1");
    await Promise.resolve();
  },

  async function oneWorkerMoreAndLess({ launcher }) {
    await allWorkers(launcher);
    launcher.signal("SIGTTIN");
    await allWorkers(launcher, WORKERS + 1);
    launcher.signal("SIGTTOU");
    await allWorkers(launcher);
  },
];

function allWorkers(launcher: Launcher, count = WORKERS): Promise<number[]> {
  return until(LONGEST_MS, `${count} workers`, () => {
    const workers = launcher.workers("gunicorn");
    return workers.length === count ? workers : undefined;
  });
}

/** Runs outside of the control group. @returns stdout */
async function command(launcher: Launcher, ...args: string[]): Promise<string> {
  const output = commandBeside(launcher, args).output();
  const { code, stdout, stderr } = await within(LONGEST_MS, `tandem ${args.join(" ")}`, output);
  const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes);
  assert.equal(code, 0, `tandem ${args.join(" ")}: ${text(stdout)}${text(stderr)}`);
  return text(stdout);
}
