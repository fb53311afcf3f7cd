/** One start of a candidate; disposing of it kills its processes and removes its folder. */

import { until, within } from "../../../tests/support/waiting.ts";
import {
  type FamilyMark,
  findFamily,
  killFamily,
} from "../../../tests/support/machine/launch_processes.ts";
import {
  killByPid,
  type ProcessEntry,
  processes,
} from "../../../tests/support/machine/process_table.ts";
import type { Candidate } from "../candidates.ts";
import { type Image, readIfThere } from "./image.ts";
import type { BenchFolder, Pair } from "./bench_folder.ts";

export interface LaunchOptions {
  pair: Pair;
  /** As PID 1 of a pid namespace, if that is allowed. */
  asInit?: boolean;
  /** A new one by default. The launch disposes of it. */
  image?: Image;
  environment?: Record<string, string>;
  /** Execs the launcher with all before it. */
  prefix?: readonly string[];
  /** Has a reader count the lines of the launcher's stdout; by default all output goes to a file. */
  counting?: Counting;
}

interface Counting {
  stdout: "pipe" | "socket";
  /** Each line that counts has it once. */
  mark: string;
  /** How many lines are expected. */
  lines: number;
}

export interface Exit {
  /** 128 and the signal's number if a signal ended it. */
  status: number;
  /** As `performance.now()` counts. */
  at: number;
}

/** Far above everything that is measured here: a candidate that takes longer has failed. */
const TIMEOUT_MS = 60_000;

export class Launch implements AsyncDisposable {
  readonly image: Image;
  readonly #process: Deno.ChildProcess;
  readonly #marks: string;
  readonly #output: string;
  readonly #id = crypto.randomUUID();
  /** Of the launcher, and with `asInit` of all processes in the namespace. */
  readonly exited: Promise<Exit>;
  readonly #isInit: boolean;

  constructor(
    readonly benchFolder: BenchFolder,
    readonly candidate: Candidate,
    { pair, asInit = false, image, environment, prefix = [], counting }: LaunchOptions,
  ) {
    this.image = image ?? benchFolder.image();
    this.#marks = `${this.image.folder}/marks`;
    this.#output = `${this.image.folder}/output`;
    const wrapper = asInit ? benchFolder.namespace : [];
    this.#isInit = wrapper.length > 0;
    const starter = counting
      ? [
        ...[benchFolder.program("gauge"), counting.stdout, counting.mark, `${counting.lines}`],
        ...[this.#count, this.#output],
      ]
      : [benchFolder.program("starter"), this.#output];
    const [command = "", ...args] = [
      ...prefix,
      ...wrapper,
      ...starter,
      ...candidate.prepare(this.image),
    ];
    this.#process = new Deno.Command(command, {
      args,
      cwd: this.image.program,
      clearEnv: true,
      env: {
        ...benchFolder.environment(pair),
        ...this.image.environment,
        MARKS_FILE: this.#marks,
        LAUNCH_ID: this.#id,
        ...environment,
      },
      stdin: "null",
      stdout: "null",
      stderr: "null",
      // Ctrl-C reaches only the benchmark.
      detached: true,
    }).spawn();
    this.exited = this.#process.status.then(({ code }) => ({
      status: code,
      at: performance.now(),
    }));
  }

  /** Milliseconds from the launcher's exec to the first mark of each name. */
  async marks(...names: string[]): Promise<Record<string, number>> {
    const times = await this.times("exec", ...names);
    return Object.fromEntries(names.map((name) => [name, sinceExec(times, times[name]!)]));
  }

  /** The time of the first mark of each name, in nanoseconds. */
  times(...names: string[]): Promise<Record<string, number>> {
    return this.bounded(names.join(" and "), () => {
      const marks = this.#readMarks();
      return names.every((name) => name in marks) ? marks : undefined;
    });
  }

  /** The time at which the last of the expected lines was read, in nanoseconds. */
  async lastLine(milliseconds: number): Promise<number> {
    const read = () => readIfThere(this.#count) || undefined;
    return Number(await this.#withOutput(until(milliseconds, "the last line", read)));
  }

  /** How many of them were read in all; call it after the stop. */
  async lineCount(): Promise<number> {
    const read = () => readIfThere(`${this.#count}.total`) || undefined;
    return Number(await this.bounded("the number of lines", read));
  }

  get #count(): string {
    return `${this.image.folder}/count`;
  }

  /** Polls like a client that was there before the start; call it right after the constructor. */
  firstAnswer(): Promise<{ milliseconds: number; refusals: number }> {
    return this.#withOutput(this.#probe());
  }

  async #probe(): Promise<{ milliseconds: number; refusals: number }> {
    const { benchFolder, image } = this;
    const { success, stdout } = await new Deno.Command(benchFolder.program("prober"), {
      args: [`${image.port}`, `${TIMEOUT_MS / 1000}`],
      cwd: image.program,
      clearEnv: true,
      env: benchFolder.environment("nginx and gunicorn"),
    }).output();
    if (!success) throw new Error(`no 200 within ${TIMEOUT_MS} ms`);
    const [ns = 0, refusals = 0] = new TextDecoder().decode(stdout).split(" ").map(Number);
    return { milliseconds: sinceExec(this.#readMarks(), ns), refusals };
  }

  /** The launcher's pid in the benchmark's pid namespace. */
  get pid(): number {
    if (!this.#isInit) return this.#process.pid;
    const init = processes().find(({ parent }) => parent === this.#process.pid);
    if (!init) throw new Error("it has exited already");
    return init.pid;
  }

  /** All processes of the launch that have not exited. */
  processes(): ProcessEntry[] {
    return findFamily(this.#mark);
  }

  /** The launcher and its helpers, without nginx and gunicorn. */
  launcherProcesses(): ProcessEntry[] {
    const launcher = this.pid;
    const all = processes();
    const found = all.filter(({ pid }) => pid === launcher);
    for (const { pid } of found) {
      found.push(
        ...all.filter(({ parent, name }) => parent === pid && !/^(nginx|gunicorn)/.test(name)),
      );
    }
    return found;
  }

  /** Sends SIGTERM. @returns milliseconds to the exit, with `asInit` to the exit of all processes in the namespace */
  async stop(): Promise<number> {
    const { pid } = this;
    const begin = performance.now();
    killByPid(pid, "SIGTERM");
    const exit = within(TIMEOUT_MS, "the exit after SIGTERM", this.exited);
    return (await this.#withOutput(exit)).at - begin;
  }

  /** Polls until the result is neither `false` nor `undefined`. */
  bounded<T>(what: string, poll: () => T | Promise<T>) {
    return this.#withOutput(until(TIMEOUT_MS, what, poll));
  }

  /** Adds the last lines of output to an error. */
  async #withOutput<T>(work: Promise<T>): Promise<T> {
    try {
      return await work;
    } catch (error) {
      const output = readIfThere(this.#output).split("\n").slice(-15).join("\n");
      throw new Error(`${(error as Error).message}\n${output}`);
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await killFamily(this.#mark);
    await this.exited;
    this.image[Symbol.dispose]();
  }

  get #mark(): FamilyMark {
    return { variable: `LAUNCH_ID=${this.#id}`, folder: this.image.folder };
  }

  /** The first time of each mark, in nanoseconds. */
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
