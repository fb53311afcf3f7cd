/** The temporary folder of a benchmark, with its compiled helpers; disposing of it kills what was started in it. */

import {
  type FamilyMark,
  findFamily,
  killFamily,
} from "../../tests/support/machine/launch_processes.ts";
import { run } from "../denort.ts";
import { Image, type ImageOptions } from "./image.ts";

const sources = `${import.meta.dirname}/programs`;
const DEFAULT_PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";
const NAMESPACE = ["unshare", "--pid", "--fork", "--mount-proc", "--kill-child"];

export type Pair = "stand-ins" | "nginx and gunicorn";

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
    for (const name of ["starter", "prober", "stand_in", "flood", "gauge"]) {
      const output = `${this.folder}/${name}`;
      await run(["gcc", "-O2", "-Wall", "-Werror", "-o", output, `${sources}/${name}.c`]);
    }
    Deno.mkdirSync(`${this.folder}/stand-ins`);
    for (const name of ["nginx", "gunicorn"]) {
      Deno.linkSync(`${this.folder}/stand_in`, `${this.folder}/stand-ins/${name}`);
    }
  }

  program(name: "starter" | "prober" | "flood" | "gauge"): string {
    return `${this.folder}/${name}`;
  }

  image(options?: ImageOptions): Image {
    return new Image(`${this.folder}/${++this.#images}`, options);
  }

  /** PATH chooses the pair, so that every candidate starts `nginx` and `gunicorn` by these names. */
  environment(pair: Pair): Record<string, string> {
    const [name, id] = this.#mark.variable.split("=") as [string, string];
    const path = pair === "stand-ins" ? `${this.folder}/stand-ins:${DEFAULT_PATH}` : DEFAULT_PATH;
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
