/** One start of a contender, with nothing left of it afterwards. */

import { until, within } from "../../tests/support/waiting.ts";
import { killFamily } from "../../tests/support/machine/launch_processes.ts";
import {
  killByPid,
  type ProcessEntry,
  processes,
} from "../../tests/support/machine/process_table.ts";
import type { Contender } from "./contenders.ts";
import { type Image, readIfThere } from "./image.ts";
import type { Pair, Workshop } from "./workshop.ts";

export interface LaunchOptions {
  pair: Pair;
  /** As the first process of a pid namespace, where that is allowed. */
  asInit?: boolean;
}

/** Long for anything that is measured here; a contender that takes longer has failed. */
const LONGEST_MS = 15_000;

export class Launch implements AsyncDisposable {
  readonly image: Image;
  readonly #process: Deno.ChildProcess;
  readonly #marks: string;
  readonly #output: string;
  readonly #id = crypto.randomUUID();
  readonly #ended: Promise<number>;
  readonly #isFirst: boolean;

  constructor(
    readonly workshop: Workshop,
    readonly contender: Contender,
    { pair, asInit = false }: LaunchOptions,
  ) {
    this.image = workshop.image();
    this.#marks = `${this.image.folder}/marks`;
    this.#output = `${this.image.folder}/output`;
    const around = asInit ? workshop.namespace : [];
    this.#isFirst = around.length > 0;
    const starter = [workshop.program("starter"), this.#output];
    const [command = "", ...args] = [...around, ...starter, ...contender.prepare(this.image)];
    this.#process = new Deno.Command(command, {
      args,
      cwd: this.image.program,
      clearEnv: true,
      env: {
        ...workshop.environment(pair),
        ...this.image.environment,
        MARKS_FILE: this.#marks,
        LAUNCH_ID: this.#id,
      },
      stdin: "null",
      stdout: "null",
      stderr: "null",
      // Ctrl-C is the bench's own affair.
      detached: true,
    }).spawn();
    this.#ended = this.#process.status.then(() => performance.now());
  }

  /** Milliseconds from the launcher's exec to the first time that each of these ran. */
  async marks(...names: string[]): Promise<Record<string, number>> {
    const found = await this.bounded(names.join(" and "), () => {
      const marks = this.#readMarks();
      return names.every((name) => name in marks) ? marks : undefined;
    });
    return Object.fromEntries(names.map((name) => [name, sinceExec(found, found[name]!)]));
  }

  /** Asks as a client does that was there first: to be called right after the start. */
  firstAnswer(): Promise<{ milliseconds: number; refusals: number }> {
    return this.#told(this.#probe());
  }

  async #probe(): Promise<{ milliseconds: number; refusals: number }> {
    const { workshop, image } = this;
    const { success, stdout } = await new Deno.Command(workshop.program("prober"), {
      args: [`${image.port}`, `${LONGEST_MS / 1000}`],
      cwd: image.program,
      clearEnv: true,
      env: workshop.environment("nginx and gunicorn"),
    }).output();
    if (!success) throw new Error(`no 200 within ${LONGEST_MS} ms`);
    const [ns = 0, refusals = 0] = new TextDecoder().decode(stdout).split(" ").map(Number);
    return { milliseconds: sinceExec(this.#readMarks(), ns), refusals };
  }

  /** The launcher's own pid, as seen from here. */
  get pid(): number {
    if (!this.#isFirst) return this.#process.pid;
    const first = processes().find(({ parent }) => parent === this.#process.pid);
    if (!first) throw new Error("it has ended already");
    return first.pid;
  }

  /** The launcher with its helpers, without the pair. */
  launcherProcesses(): ProcessEntry[] {
    const all = processes();
    const found = all.filter(({ pid }) => pid === this.pid);
    for (const { pid } of found) {
      found.push(
        ...all.filter(({ parent, name }) => parent === pid && !/^(nginx|gunicorn)/.test(name)),
      );
    }
    return found;
  }

  /** @returns milliseconds from the signal to the end; of a container's first process, to the end of all. */
  async stop(): Promise<number> {
    const { pid } = this;
    const begin = performance.now();
    killByPid(pid, "SIGTERM");
    return await this.#told(within(LONGEST_MS, "the end after SIGTERM", this.#ended)) - begin;
  }

  /** Looks until the answer is neither false nor absent. */
  bounded<T>(what: string, look: () => T | Promise<T>) {
    return this.#told(until(LONGEST_MS, what, look));
  }

  /** What was printed last shows why something failed. */
  async #told<T>(work: Promise<T>): Promise<T> {
    try {
      return await work;
    } catch (error) {
      const output = readIfThere(this.#output).split("\n").slice(-15).join("\n");
      throw new Error(`${(error as Error).message}\n${output}`);
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await killFamily({ variable: `LAUNCH_ID=${this.#id}`, folder: this.image.folder });
    await this.#ended;
    this.image[Symbol.dispose]();
  }

  /** The first moment of each name, in nanoseconds. */
  #readMarks(): Record<string, number> {
    const marks: Record<string, number> = {};
    for (const line of readIfThere(this.#marks).split("\n").slice(0, -1)) {
      const [name = "", ns] = line.split(" ");
      marks[name] ??= Number(ns);
    }
    return marks;
  }
}

function sinceExec(marks: Record<string, number>, ns: number): number {
  return (ns - marks.exec!) / 1e6;
}
