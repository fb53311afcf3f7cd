/** A folder laid out as a model-serving image, fresh for each start, with the same pair for every contender. */

import { cpSync } from "node:fs";
import { repository } from "../../tests/support/paths.ts";
import { type ReservedPort, reservePort } from "../../tests/support/machine/ports.ts";
import { seedConf } from "../../tests/support/seed_conf.ts";

export const WORKERS = 2;

/** The app of the end-to-end tests: answers /ping at once, and /invocations when it is told to. */
const app = `${repository}/tests/support/fixtures/app.py`;

export class Image implements Disposable {
  /** With wsgi.py; the working directory of a start. */
  readonly program: string;
  /** The temp folder of every process; the socket lies in it as /tmp/gunicorn.sock does by default. */
  readonly temp: string;
  readonly #log: string;
  readonly #conf: string;
  readonly #socket: string;
  readonly #port: ReservedPort = reservePort();

  /** @param folder not there yet, and short enough for a socket's path */
  constructor(readonly folder: string) {
    this.program = `${folder}/program`;
    this.#log = `${folder}/log`;
    this.#conf = `${this.program}/nginx.conf`;
    this.temp = `${folder}/tmp`;
    this.#socket = `${this.temp}/gunicorn.sock`;
    for (const path of [folder, this.program, this.#log, this.temp]) Deno.mkdirSync(path);
    Deno.chmodSync(this.temp, 0o1777);
    Deno.copyFileSync(app, `${this.program}/wsgi.py`);
    const conf = { port: this.port, socket: this.#socket, logDir: this.#log };
    Deno.writeTextFileSync(this.#conf, seedConf({ ...conf, pidFile: `${folder}/nginx.pid` }));
  }

  get port(): number {
    return this.#port.number;
  }

  /** What tandem is told; the others are told by the environment. */
  get flags(): string[] {
    return [
      ...["--nginx-conf", this.#conf],
      ...["--socket", this.#socket],
      ...["--log-dir", this.#log],
      ...["--state-dir", `${this.folder}/state`],
      ...["--workers", `${WORKERS}`],
    ];
  }

  /** Both command lines, as tandem makes them of its defaults. */
  get environment(): Record<string, string> {
    const gunicorn = [
      ...["gunicorn", "--timeout", "60", "-k", "gevent", "-b", `unix:${this.#socket}`],
      ...["-w", `${WORKERS}`, "--graceful-timeout", "20", "wsgi:app"],
    ];
    return {
      TMPDIR: this.temp,
      MODEL_SERVER_WORKERS: `${WORKERS}`,
      PAIR_PROGRAM: this.program,
      PAIR_LOG_DIR: this.#log,
      PAIR_NGINX: `nginx -c ${this.#conf}`,
      PAIR_GUNICORN: gunicorn.join(" "),
    };
  }

  /** What the build of an image does where the launcher does not. */
  linkLogs(): void {
    Deno.symlinkSync("/dev/stdout", `${this.#log}/access.log`);
    Deno.symlinkSync("/dev/stderr", `${this.#log}/error.log`);
  }

  /** Copies a folder that its user writes to. @returns the copy */
  copyIn(folder: string): string {
    const copy = `${this.folder}/${folder.slice(folder.lastIndexOf("/") + 1)}`;
    cpSync(folder, copy, { recursive: true });
    return copy;
  }

  /** One worker's pid for each request that came into the app's hands. */
  arrived(): string[] {
    return readIfThere(`${this.program}/arrived`).split("\n").slice(0, -1);
  }

  [Symbol.dispose](): void {
    this.#port[Symbol.dispose]();
    Deno.removeSync(this.folder, { recursive: true });
  }
}

export function readIfThere(path: string): string {
  try {
    return Deno.readTextFileSync(path);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return "";
    throw error;
  }
}
