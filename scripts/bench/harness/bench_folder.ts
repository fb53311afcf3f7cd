/** The temporary folder of a benchmark, with its compiled helpers; disposing of it kills what was started in it. */

import {
  type FamilyMark,
  findFamily,
  killFamily,
} from "../../../tests/support/machine/launch_processes.ts";
import { run } from "../../build/denort.ts";
import { Image, type ImageOptions } from "./image.ts";

const sources = `${import.meta.dirname}/../programs`;
const DEFAULT_PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";
const NAMESPACE = ["unshare", "--pid", "--fork", "--mount-proc", "--kill-child"];

const programs = [
  "starter",
  "prober",
  "stand_in",
  "crowd",
  "flood",
  "gauge",
  "idlers",
  "storm",
  "timed",
] as const;

/** The folder of each pair's stand-ins, and the program that each of them is. */
const standIns = {
  "stand-ins": { nginx: "stand_in", gunicorn: "stand_in" },
  "nginx and a crowd": { gunicorn: "crowd" },
  "nginx and gunicorn": {},
} as const;

export type Pair = keyof typeof standIns;

export class BenchFolder implements AsyncDisposable {
  readonly #mark: FamilyMark;
  #images = 0;

  private constructor(
    readonly folder: string,
    /** Prefix of a command line that runs it as PID 1 of a namespace; empty if that is not allowed. */
    readonly namespace: readonly string[],
  ) {
    this.#mark = { variable: `BENCH_ID=${crypto.randomUUID()}`, folder };
  }

  static async open(): Promise<BenchFolder> {
    const folder = Deno.makeTempDirSync({ prefix: "tandem-bench-" });
    // nginx's workers run as another user and must be able to enter it.
    Deno.chmodSync(folder, 0o755);
    const namespace = await run([...NAMESPACE, "true"]).then(() => NAMESPACE, () => []);
    const benchFolder = new BenchFolder(folder, namespace);
    try {
      await benchFolder.#compile();
    } catch (error) {
      await benchFolder[Symbol.asyncDispose]();
      throw error;
    }
    return benchFolder;
  }

  async #compile(): Promise<void> {
    for (const name of programs) {
      const output = this.program(name);
      await run(["gcc", "-O2", "-Wall", "-Werror", "-o", output, `${sources}/${name}.c`]);
    }
    for (const [pair, links] of Object.entries(standIns)) {
      Deno.mkdirSync(this.#standInFolder(pair));
      for (const [name, program] of Object.entries(links)) {
        Deno.linkSync(this.program(program), `${this.#standInFolder(pair)}/${name}`);
      }
    }
  }

  #standInFolder(pair: string): string {
    return `${this.folder}/${pair.replaceAll(" ", "-")}`;
  }

  program(name: typeof programs[number]): string {
    return `${this.folder}/${name}`;
  }

  image(options?: ImageOptions): Image {
    return new Image(`${this.folder}/${++this.#images}`, options);
  }

  /** PATH chooses the pair, so that every candidate starts `nginx` and `gunicorn` by these names. */
  environment(pair: Pair): Record<string, string> {
    const [name, id] = this.#mark.variable.split("=") as [string, string];
    const path = `${this.#standInFolder(pair)}:${DEFAULT_PATH}`;
    return { PATH: path, HOME: "/", LANG: "C.UTF-8", [name]: id };
  }

  /** "name (pid N)" of each process that still runs. */
  remainingProcesses(): string[] {
    return findFamily(this.#mark).map(({ pid, name }) => `${name} (pid ${pid})`);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await killFamily(this.#mark);
    Deno.removeSync(this.folder, { recursive: true });
  }
}
