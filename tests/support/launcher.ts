/** One start of an edition: its process, its output, its exit, and what it left behind. */

import assert from "node:assert/strict";
import { until, within } from "./waiting.ts";
import type { Edition } from "./editions.ts";
import { baseEnvironment } from "./environment.ts";
import { withHiddenPaths } from "./machine/hidden_paths.ts";
import { type FamilyMark, findFamily, killFamily } from "./machine/launch_processes.ts";
import { exists, type Image, listing } from "./image.ts";
import { OutputLines } from "./output_lines.ts";
import { isTaken } from "./machine/ports.ts";
import { killByPid, type ProcessEntry, processes, readEntry } from "./machine/process_table.ts";

export type Mode = "PID 1" | "ordinary process";

export interface LaunchOptions {
  /** All arguments of the executable; by default `serve`, the image's flags and `args`. */
  command?: string[];
  /** Arguments after the image's flags. */
  args?: string[];
  env?: Record<string, string>;
  /** A command that ends by exec of the executable, such as ["taskset", "-c", "0"]. */
  prefix?: string[];
}

export interface Exit {
  code: number;
  /** In milliseconds, as of performance.now(). */
  at: number;
}

/** Generous, for a busy machine: the tests check the contract's own bounds separately. */
const START_MS = 20_000;

export class Launcher implements AsyncDisposable {
  readonly stdout: OutputLines;
  readonly stderr: OutputLines;
  /** tandem's pid in the tests' own pid namespace. Known after `start`. */
  pid = 0;
  readonly #process: Deno.ChildProcess;
  readonly #mark: FamilyMark;
  #exit: Exit | undefined;
  readonly #ended: Promise<Exit>;

  private constructor(
    readonly edition: Edition,
    readonly mode: Mode,
    readonly image: Image,
    { command, args = [], env = {}, prefix = [] }: LaunchOptions,
  ) {
    const id = crypto.randomUUID();
    this.#mark = { variable: `PAIR_TEST_ID=${id}`, folder: image.folder };
    const words = [
      ...(mode === "PID 1" ? NAMESPACE : []),
      ...withHiddenPaths(mode === "PID 1"),
      ...prefix,
      edition.path,
      ...(command ?? ["serve", ...image.flags, ...args]),
    ];
    this.#process = new Deno.Command(words[0]!, {
      args: words.slice(1),
      cwd: image.program,
      clearEnv: true,
      // One worker is enough for most tests, and boots in half the time of two.
      env: {
        ...baseEnvironment(),
        ...{ MODEL_SERVER_WORKERS: "1", TMPDIR: image.temp, PAIR_TEST_ID: id },
        ...env,
      },
      stdin: "null",
      stdout: "piped",
      stderr: "piped",
    }).spawn();
    this.stdout = new OutputLines(this.#process.stdout);
    this.stderr = new OutputLines(this.#process.stderr);
    this.#ended = this.#process.status.then(({ code }) =>
      this.#exit = { code, at: performance.now() }
    );
  }

  static async start(
    edition: Edition,
    mode: Mode,
    image: Image,
    options: LaunchOptions = {},
  ): Promise<Launcher> {
    const launcher = new Launcher(edition, mode, image, options);
    launcher.pid = mode === "PID 1"
      ? await firstOfNamespace(launcher.#process.pid, launcher.#ended)
      : launcher.#process.pid;
    return launcher;
  }

  /** Waits for a line of either output that matches. */
  line(pattern: RegExp, milliseconds = START_MS): Promise<string> {
    return until(milliseconds, `a line like ${pattern}`, () => {
      const found = this.lines.find((line) => pattern.test(line));
      if (!found && this.#exit) throw new Error(`Ended without a line like ${pattern}`);
      return found;
    });
  }

  get lines(): string[] {
    return [...this.stderr.lines, ...this.stdout.lines];
  }

  ready(): Promise<string> {
    return this.line(/ready in \d+ ms/);
  }

  signal(signal: Deno.Signal): void {
    killByPid(this.pid, signal);
  }

  /** Waits until tandem has exited and its output has ended, which a tracer keeps open a little longer. */
  async exit(milliseconds: number, outputMs = 1000): Promise<Exit> {
    const exit = await within(milliseconds, "tandem's exit", this.#ended);
    await Promise.all([this.stdout.end(outputMs), this.stderr.end(outputMs)]);
    return exit;
  }

  /** tandem's process name as the kernel shows it. */
  get name(): string {
    return readEntry(this.pid)!.name;
  }

  get isRunning(): boolean {
    return this.#exit === undefined;
  }

  /** tandem and its descendants, without the tools that started it. */
  family(): ProcessEntry[] {
    return findFamily(this.#mark).filter(({ pid, name }) =>
      pid === this.pid || (pid !== this.#process.pid && name !== "unshare")
    );
  }

  /** All processes of this launch, the tools that started it included. */
  everyone(): ProcessEntry[] {
    return findFamily(this.#mark);
  }

  children(): ProcessEntry[] {
    return processes().filter(({ parent }) => parent === this.pid);
  }

  master(name: "nginx" | "gunicorn"): number {
    const found = this.children().filter((child) => child.name.startsWith(name));
    assert.equal(found.length, 1, `one ${name} master`);
    return found[0]!.pid;
  }

  workers(name: "nginx" | "gunicorn"): number[] {
    const master = this.master(name);
    return processes().filter(({ parent }) => parent === master).map(({ pid }) => pid);
  }

  /** For use after the exit: no process, listener, socket, state or temp file may be left. */
  async assertNothingLeft(): Promise<void> {
    const { image } = this;
    const left = findFamily(this.#mark).map(({ pid, name, state }) => `${name} ${pid} ${state}`);
    assert.deepEqual(left, [], "no process is left");
    assert.equal(await isTaken(image.port), false, "the port is free");
    assert.equal(exists(image.socket), false, "gunicorn's socket is gone");
    assert.equal(exists(`${image.socket}.lock`), false, "the socket's lock is gone");
    assert.deepEqual(listing(image.state), [], "no state is left");
    assert.deepEqual(listing(image.temp), [], "no temp file is left");
    const halfMade = listing(image.log).filter((name) => name.endsWith(".new"));
    assert.deepEqual(halfMade, [], "no half-made log link is left");
  }

  /** The end of both outputs, for the message of a failed test. */
  get story(): string {
    const end = this.#exit ? `exit ${this.#exit.code}` : "still running";
    return `--- ${this.edition.name}, ${this.mode}, ${end}; stderr:\n${this.stderr.tail}` +
      `--- stdout:\n${this.stdout.tail}`;
  }

  /** Kills all that is left of this launch. */
  async [Symbol.asyncDispose](): Promise<void> {
    await killFamily(this.#mark);
    await this.#ended;
    await Promise.all([this.stdout.closed, this.stderr.closed]);
  }
}

/** `--kill-child` makes the kernel kill the whole namespace if unshare is killed. */
const NAMESPACE = ["unshare", "--pid", "--fork", "--mount-proc", "--kill-child"];

/** unshare waits outside of the namespace; its child becomes tandem by exec, as an entrypoint does. */
function firstOfNamespace(unsharePid: number, ended: Promise<Exit>): Promise<number> {
  let hasExited = false;
  ended.then(() => hasExited = true);
  return until(START_MS, "the first process of the namespace", () => {
    const first = processes().find(({ parent }) => parent === unsharePid);
    // -1 if tandem has exited already: there is no pid to use.
    return first && first.name !== "unshare" ? first.pid : hasExited ? -1 : undefined;
  });
}
