/** One start of an edition: its process, its output, its end, and what it may have left behind. */

import assert from "node:assert/strict";
import { until, within } from "./waiting.ts";
import type { Edition } from "./editions.ts";
import { type FamilyMark, findFamily, killFamily } from "./machine/launch_processes.ts";
import { exists, type Image, listing } from "./image.ts";
import { OutputLines } from "./output_lines.ts";
import { isTaken } from "./machine/ports.ts";
import { killByPid, type ProcessEntry, processes, readEntry } from "./machine/process_table.ts";

export type Mode = "PID 1" | "ordinary process";

export interface LaunchOptions {
  /** The whole command line behind the executable; by default `serve` on the image and `args`. */
  command?: string[];
  /** More arguments behind the image's own. */
  args?: string[];
  env?: Record<string, string>;
  /** What is put before the executable, such as ["taskset", "-c", "0"]; it has to exec. */
  prefix?: string[];
}

export interface Exit {
  code: number;
  /** Of performance.now(). */
  at: number;
}

/** Long for a start on a busy machine; every promise of the contract has a bound of its own. */
const START_MS = 20_000;

export class Launcher implements AsyncDisposable {
  readonly stdout: OutputLines;
  readonly stderr: OutputLines;
  /** Of tandem itself, as this machine's first pid namespace counts. Known after `start`. */
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
      ...prefix,
      edition.path,
      ...(command ?? ["serve", ...image.flags, ...args]),
    ];
    this.#process = new Deno.Command(words[0]!, {
      args: words.slice(1),
      cwd: image.program,
      clearEnv: true,
      env: { ...baseEnvironment(), TMPDIR: image.temp, PAIR_TEST_ID: id, ...env },
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

  /** The first line of either output that matches. */
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

  /** Waits for the end and for the last byte of output. */
  async exit(milliseconds: number): Promise<Exit> {
    const exit = await within(milliseconds, "tandem's end", this.#ended);
    await Promise.all([this.stdout.end(1000), this.stderr.end(1000)]);
    return exit;
  }

  /** As the kernel shows it. */
  get name(): string {
    return readEntry(this.pid)!.name;
  }

  get isRunning(): boolean {
    return this.#exit === undefined;
  }

  /** tandem and everything that it brought about, without the tools around it. */
  family(): ProcessEntry[] {
    return findFamily(this.#mark).filter(({ pid, name }) =>
      pid === this.pid || (pid !== this.#process.pid && name !== "unshare")
    );
  }

  /** The children of tandem itself. */
  children(): ProcessEntry[] {
    return processes().filter(({ parent }) => parent === this.pid);
  }

  /** The pid of one of the pair's masters. */
  master(name: "nginx" | "gunicorn"): number {
    const found = this.children().filter((child) => child.name.startsWith(name));
    assert.equal(found.length, 1, `one ${name} master`);
    return found[0]!.pid;
  }

  workers(name: "nginx" | "gunicorn"): number[] {
    const master = this.master(name);
    return processes().filter(({ parent }) => parent === master).map(({ pid }) => pid);
  }

  /** After the end: no process, no listener, no socket, no state, no temp file. */
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

  /** What was printed, for whoever has to find out why a test failed. */
  get story(): string {
    const end = this.#exit ? `exit ${this.#exit.code}` : "still running";
    return `--- ${this.edition.name}, ${this.mode}, ${end}; stderr:\n${this.stderr.tail}` +
      `--- stdout:\n${this.stdout.tail}`;
  }

  /** Whatever the test did: nothing of this launch outlives it. */
  async [Symbol.asyncDispose](): Promise<void> {
    await killFamily(this.#mark);
    await this.#ended;
    await Promise.all([this.stdout.closed, this.stderr.closed]);
  }
}

/** What is killed when the outermost process is killed is the whole namespace. */
const NAMESPACE = ["unshare", "--pid", "--fork", "--mount-proc", "--kill-child"];

/** unshare waits outside of the namespace; its child becomes tandem by exec, as an entrypoint does. */
function firstOfNamespace(outside: number, ended: Promise<Exit>): Promise<number> {
  let isOver = false;
  ended.then(() => isOver = true);
  return until(START_MS, "the first process of the namespace", () => {
    const first = processes().find(({ parent }) => parent === outside);
    // A launch that is over already has no pid that could still be used.
    return first && first.name !== "unshare" ? first.pid : isOver ? -1 : undefined;
  });
}

/** Nothing of the tester's own settings, but what sanitizers and emulators are told. */
function baseEnvironment(): Record<string, string> {
  const passed = Object.entries(Deno.env.toObject())
    .filter(([name]) => /^([A-Z]+SAN_OPTIONS|QEMU_\w+|LANG|LC_ALL)$/.test(name));
  // One worker is enough where a test does not say otherwise, and boots in half the time of two.
  const own = { PATH: USUAL_PATH, HOME: "/", MODEL_SERVER_WORKERS: "1" };
  return { ...Object.fromEntries(passed), ...own };
}

export const USUAL_PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";
