/** tandem as PID 1 in a root file system, with its built-in nginx.conf and an app whose requests wait. */

import type { Edition } from "../../support/editions.ts";
import { baseEnvironment } from "../../support/environment.ts";
import { makeOpenFolder } from "../../support/machine/open_folder.ts";
import { type ReservedPort, reservePort } from "../../support/machine/ports.ts";
import { killByPid, processes } from "../../support/machine/process_table.ts";
import { OutputLines } from "../../support/output_lines.ts";
import { ask } from "../../support/traffic/http_client.ts";
import { until, within } from "../../support/waiting.ts";

export const STATE_DIR = "/run/tandem";

/** Generous, for a busy machine. */
const PATIENCE_MS = 90_000;

/** Everything but these folders is read-only. */
const SCRIPT = `cd "$1"
mount --bind . .
cd "$1"
for folder in tmp run var/log/nginx var/lib/nginx; do mount -t tmpfs -o mode=1777 tmpfs $folder; done
mount --bind "$2" opt/program
mount --bind "$3" usr/local/bin/tandem
mount --rbind /dev dev
mount -t proc proc proc
mount -o remount,bind,ro .
shift 3
exec 2>&1 chroot . "$@"`;

const COMMAND = [
  ...["/usr/local/bin/tandem", "serve", "--chdir", "/opt/program", "--worker-class", "gthread"],
  ...["--workers", "1", "--", "--threads", "64"],
];

export class MuslRun implements AsyncDisposable {
  readonly output: OutputLines;
  readonly #program = makeOpenFolder();
  readonly #port: ReservedPort = reservePort();
  readonly #process: Deno.ChildProcess;
  readonly #status: Promise<Deno.CommandStatus>;
  #init = 0;

  constructor(root: string, edition: Edition) {
    Deno.copyFileSync(`${import.meta.dirname}/../systemd/app.py`, `${this.#program}/wsgi.py`);
    this.#process = new Deno.Command("setpriv", {
      args: [
        // Everything ends with this process.
        ...["--pdeathsig", "KILL", "unshare", "--mount", "--pid", "--fork"],
        ...["--kill-child", "sh", "-ec", SCRIPT, "sh"],
        ...[root, this.#program, edition.path, ...COMMAND],
      ],
      cwd: "/",
      clearEnv: true,
      env: {
        ...baseEnvironment(),
        TANDEM_STATE_DIR: STATE_DIR,
        TANDEM_PORT: `${this.port}`,
      },
      stdin: "null",
      stdout: "piped",
    }).spawn();
    this.#status = this.#process.status;
    this.output = new OutputLines(this.#process.stdout);
  }

  get port(): number {
    return this.#port.number;
  }

  /** Waits until the ready path answers 200. */
  async serving(): Promise<void> {
    const early = this.#status.then(({ code }) => {
      throw new Error(`exit ${code}\n${this.output.tail}`);
    });
    const isReady = async () => {
      this.#init = processes().find(({ parent }) => parent === this.#process.pid)?.pid ?? 0;
      return await ask(this.port, "/ping").then(({ status }) => status === 200, () => false);
    };
    await Promise.race([until(PATIENCE_MS, "the start", isReady), early]);
  }

  /** A path on this machine that leads to the file in the root. */
  path(inside: string): string {
    return `/proc/${this.#init}/root${inside}`;
  }

  stop(): void {
    killByPid(this.#init, "SIGTERM");
  }

  /** @returns the exit status */
  async ended(): Promise<number> {
    return (await within(PATIENCE_MS, "the end", this.#status)).code;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    killByPid(this.#process.pid, "SIGKILL");
    await this.#status;
    await this.output.closed;
    this.#port[Symbol.dispose]();
    Deno.removeSync(this.#program, { recursive: true });
  }
}
