/** The folder that the whole bench works in, with its compiled helpers; whatever was started there goes with it. */

import {
  type FamilyMark,
  findFamily,
  killFamily,
} from "../../tests/support/machine/launch_processes.ts";
import { run } from "../denort.ts";
import { Image } from "./image.ts";

const sources = `${import.meta.dirname}/programs`;
const USUAL_PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";
const NAMESPACE = ["unshare", "--pid", "--fork", "--mount-proc", "--kill-child"];

export type Pair = "stand-ins" | "nginx and gunicorn";

export class Workshop implements AsyncDisposable {
  readonly #mark: FamilyMark;
  #images = 0;

  private constructor(
    readonly folder: string,
    /** What makes the next command the first process of a container; empty where that is not allowed. */
    readonly namespace: readonly string[],
  ) {
    this.#mark = { variable: `BENCH_ID=${crypto.randomUUID()}`, folder };
  }

  static async open(): Promise<Workshop> {
    const folder = Deno.makeTempDirSync({ prefix: "tandem-bench-" });
    // nginx's own user passes through it.
    Deno.chmodSync(folder, 0o755);
    const namespace = await run([...NAMESPACE, "true"]).then(() => NAMESPACE, () => []);
    const workshop = new Workshop(folder, namespace);
    try {
      await workshop.#compile();
    } catch (error) {
      await workshop[Symbol.asyncDispose]();
      throw error;
    }
    return workshop;
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

  image(): Image {
    return new Image(`${this.folder}/${++this.#images}`);
  }

  /** The pair is chosen by what PATH finds, so that every contender starts it by its plain names. */
  environment(pair: Pair): Record<string, string> {
    const [name, id] = this.#mark.variable.split("=") as [string, string];
    const path = pair === "stand-ins" ? `${this.folder}/stand-ins:${USUAL_PATH}` : USUAL_PATH;
    return { PATH: path, HOME: "/", LANG: "C.UTF-8", [name]: id };
  }

  /** Whatever still runs, in words; empty when all have ended. */
  whatIsLeft(): string[] {
    return findFamily(this.#mark).map(({ pid, name }) => `${name} (pid ${pid})`);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await killFamily(this.#mark);
    Deno.removeSync(this.folder, { recursive: true });
  }
}
