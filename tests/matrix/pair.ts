/** A pair that tandem runs in the root file system of a Debian suite. */

import { baseEnvironment } from "../support/environment.ts";
import { repository } from "../support/paths.ts";
import { reservePort } from "../support/machine/ports.ts";
import { killByPid, processes, read } from "../support/machine/process_table.ts";
import { ask } from "../support/traffic/http_client.ts";
import { until, within } from "../support/waiting.ts";
import { inRoot } from "./in_root.ts";

/** Generous: twelve pairs start at once. */
const TIMEOUT_MS = 120_000;

/** Of Linux on each architecture that Deno runs on. */
const TICKS_PER_SECOND = 100;

export interface PairForm {
  /** tandem's. */
  flags: readonly string[];
  /** The image's nginx.conf, with `{{port}}`. */
  conf?: string;
}

export class Pair implements AsyncDisposable {
  readonly #port = reservePort();
  readonly #program = Deno.makeTempDirSync({ prefix: "tandem-sweep-" });
  readonly #process: Deno.ChildProcess;
  #stderr = "";
  readonly #hasEnded: Promise<unknown>;

  /** @param root from `prepareRoot` */
  constructor(root: string, { conf, flags }: PairForm, gunicornArguments: readonly string[]) {
    const program = this.#program;
    Deno.chmodSync(program, 0o755);
    const app = `${import.meta.dirname}/fixtures/short_answers.py`;
    Deno.copyFileSync(app, `${program}/short_answers.py`);
    if (conf !== undefined) {
      Deno.writeTextFileSync(`${program}/nginx.conf`, conf.replace("{{port}}", `${this.port}`));
    }
    const dist = `${repository}/dist`;
    this.#process = new Deno.Command("setpriv", {
      args: [
        // The pair ends with this process.
        ...["--pdeathsig", "KILL", "unshare"],
        ...["--mount", "--pid", "--fork", "--kill-child"],
        ...inRoot(root, [program, dist], true),
        ...[`${dist}/tandem-slim`, "serve", "--port", `${this.port}`, "--workers", "2"],
        ...["--ready-path", "/0", ...conf === undefined ? [] : ["--nginx-conf", "nginx.conf"]],
        ...flags,
        ...["--", ...gunicornArguments],
      ],
      cwd: program,
      clearEnv: true,
      env: baseEnvironment(),
      stdin: "null",
      stdout: "null",
      stderr: "piped",
    }).spawn();
    this.#hasEnded = this.#readStderr();
  }

  get port(): number {
    return this.#port.number;
  }

  async isReady(): Promise<void> {
    const serves = () => ask(this.port, "/0").then(({ status }) => status === 200, () => false);
    const early = this.#process.status.then(({ code }) => {
      throw new Error(`exited with ${code} before it was ready:\n${this.#stderr.slice(-2000)}`);
    });
    await Promise.race([until(TIMEOUT_MS, "an answer", serves), early]);
  }

  /** Of all its processes, in user and kernel mode. */
  cpuSeconds(): number {
    const all = processes();
    const family = all.filter(({ pid }) => pid === this.#process.pid);
    for (const { pid } of family) family.push(...all.filter(({ parent }) => parent === pid));
    const ticks = family.map(({ pid }) => {
      // Fields 14 and 15, counted from behind the name.
      const fields = (read(pid, "stat") ?? "").replace(/^.*\) /, "").split(" ");
      return Number(fields[11] ?? 0) + Number(fields[12] ?? 0);
    });
    return ticks.reduce((sum, count) => sum + count, 0) / TICKS_PER_SECOND;
  }

  /** nginx's lines about lost requests, without their times and numbers. */
  reasons(): string[] {
    const lines = this.#stderr.split("\n").filter((line) => line.includes("upstream"));
    return [...new Set(lines.map((line) => /\*\d+ (.*?), client/.exec(line)?.[1] ?? line))];
  }

  /** @throws {Error} if tandem does not exit with 0 */
  async stop(): Promise<void> {
    const init = processes().find(({ parent }) => parent === this.#process.pid);
    if (init) killByPid(init.pid, "SIGTERM");
    const { code } = await within(TIMEOUT_MS, "the exit after SIGTERM", this.#process.status);
    if (code !== 0) throw new Error(`exited with ${code}:\n${this.#stderr.slice(-2000)}`);
  }

  async #readStderr(): Promise<void> {
    for await (const text of this.#process.stderr.pipeThrough(new TextDecoderStream())) {
      this.#stderr += text;
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    try {
      // It takes its pid namespace with it; no effect after `stop`.
      this.#process.kill("SIGKILL");
    } catch { /* it has exited */ }
    await this.#process.status;
    await this.#hasEnded;
    this.#port[Symbol.dispose]();
    Deno.removeSync(this.#program, { recursive: true });
  }
}
