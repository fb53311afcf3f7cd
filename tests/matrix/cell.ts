/** One cell of the matrix: an edition with one worker class in one suite, and what its runs came to. */

import assert from "node:assert/strict";
import type { Edition } from "../support/editions.ts";
import { type Harness, onHarness } from "../support/harness.ts";
import { exists, type Image } from "../support/image.ts";
import type { Launcher, Mode } from "../support/launcher.ts";
import { until } from "../support/waiting.ts";
import { inRoot } from "./in_root.ts";
import { unexpectedLines } from "./lines.ts";
import type { Suite } from "./roots.ts";
import { appFor, type SuiteFacts } from "./suite_facts.ts";

export interface Cell {
  suite: Suite;
  root: string;
  facts: SuiteFacts;
  workerClass: SuiteFacts["classes"][number];
  edition: Edition;
}

export interface Tally {
  runs: number;
  answered: number;
  lost: number;
  remarks: Set<string>;
}

export interface Setup {
  conf: "seed" | "built-in";
  logs: "inherit" | "prefix" | "json";
  mode: Mode;
}

export interface Play {
  name: string;
  setup: Setup;
  /** Whether `--quick` has it. */
  isQuick?: boolean;
  /** Alarming lines that belong to what the play does. */
  expected?: readonly RegExp[];
  /** One class and one edition are enough for what only depends on gunicorn's master. */
  isForOneCell?: boolean;
  action(scene: Scene): Promise<void>;
}

export const WORKERS = 2;
/** Generous, for a busy machine. */
export const PATIENCE_MS = 30_000;
/** The grace period is 25 s. */
export const STOP_MS = 35_000;

/** The runs that a play starts in its cell. */
export class Scene {
  readonly #launched: Launcher[] = [];

  private constructor(
    readonly cell: Cell,
    readonly setup: Setup,
    readonly tally: Tally,
    private readonly harness: Harness,
  ) {}

  static play(
    cell: Cell,
    { setup, expected, action }: Play,
    tally: Tally,
  ): Promise<void> {
    return onHarness(cell.edition, setup.mode, async (harness) => {
      const scene = new Scene(cell, setup, tally, harness);
      await action(scene);
      const all = [...expected ?? [], ...cell.workerClass.expected ?? []];
      for (const { lines } of scene.#launched) {
        assert.deepEqual(unexpectedLines(lines, all), [], "no line that alarms");
      }
    });
  }

  image(): Image {
    return this.harness.image({ app: appFor(this.cell.workerClass) });
  }

  async start(image = this.image(), command = "serve"): Promise<Launcher> {
    const { cell: { root, edition, workerClass }, setup: { conf, logs, mode } } = this;
    const launcher = await this.harness.start({
      image,
      prefix: inRoot(root, [image.folder, parentOf(edition.path)], mode === "PID 1"),
      command: [
        command,
        ...["--nginx-conf", conf === "seed" ? image.nginxConf : "builtin"],
        ...["--port", `${image.port}`, "--socket", image.socket],
        ...["--log-dir", image.log, "--state-dir", image.state, "--logs", logs],
        ...["--workers", `${WORKERS}`, "--worker-class", workerClass.name],
        ...(workerClass.args ? ["--", ...workerClass.args] : []),
      ],
    });
    if (command === "serve") this.#launched.push(launcher);
    this.tally.runs++;
    return launcher;
  }

  /** Starts a pair, and waits until all of its workers are up. */
  async serve(image?: Image): Promise<Launcher> {
    const launcher = await this.start(image);
    await launcher.line(/ready in \d+ ms/, PATIENCE_MS);
    await hasImported(launcher, WORKERS);
    return launcher;
  }

  /** @param outcomes "200", or what came instead */
  count(outcomes: readonly string[]): void {
    const lost = outcomes.filter((outcome) => outcome !== "200");
    this.tally.answered += outcomes.length - lost.length;
    this.tally.lost += lost.length;
    assert.deepEqual(lost, [], "each request is answered 200");
  }
}

/** How many workers have imported the app so far. */
export function importsOf({ image }: Launcher): number {
  const path = `${image.program}/imported`;
  return exists(path) ? Deno.readTextFileSync(path).split("\n").length - 1 : 0;
}

/**
 * A worker that is still booting can lose a signal of the test; tandem repeats its own. An answer of each worker would
 * show it too, but asyncio lets one of them accept all connections.
 */
export async function hasImported(launcher: Launcher, workers: number): Promise<void> {
  await until(PATIENCE_MS, `${workers} imports of the app`, () => importsOf(launcher) >= workers);
}

function parentOf(path: string): string {
  return path.slice(0, path.lastIndexOf("/"));
}
