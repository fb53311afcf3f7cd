/** A folder laid out like a model-serving image, new for each start, with the same pair for all candidates. */

import { cpSync } from "node:fs";
import { repository } from "../../../tests/support/paths.ts";
import { type ReservedPort, reservePort } from "../../../tests/support/machine/ports.ts";
import { seedConf } from "../../../tests/support/seed_conf.ts";

export const WORKERS = 2;

/** The set-ups of the candidates. */
export const setUps = `${import.meta.dirname}/../candidates`;

/** The app of the end-to-end tests: answers /ping at once, and /invocations after the requested delay. */
const app = `${repository}/tests/support/fixtures/app.py`;

export interface ImageOptions {
  /** Of gunicorn. */
  workers?: number | "default";
  /** gunicorn's `--timeout`, in seconds. */
  timeout?: number;
  /** Of an earlier image, whose place this one takes; a free one by default. */
  port?: number;
}

export class Image implements Disposable {
  /** The working directory of a start, with wsgi.py. */
  readonly program: string;
  /** The temp folder of every process, with gunicorn.sock, like /tmp by default. */
  readonly temp: string;
  readonly #log: string;
  readonly #socket: string;
  readonly #reservation: ReservedPort | undefined;
  readonly port: number;
  readonly #conf: string;
  readonly #timeout: number;
  /** `undefined` leaves their number to the launcher. */
  readonly workers: number | undefined;

  /** @param folder must not exist, and must be short: a socket's path has at most 107 bytes */
  constructor(
    readonly folder: string,
    { workers = WORKERS, timeout = 60, port }: ImageOptions = {},
  ) {
    this.workers = workers === "default" ? undefined : workers;
    this.#timeout = timeout;
    this.#reservation = port === undefined ? reservePort() : undefined;
    this.port = port ?? this.#reservation!.number;
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

  /** Of tandem. */
  get stateFolder(): string {
    return `${this.folder}/state`;
  }

  /** For tandem; the others read the environment. */
  get flags(): string[] {
    return [
      ...["--nginx-conf", this.#conf],
      ...["--socket", this.#socket],
      ...["--log-dir", this.#log],
      ...["--state-dir", this.stateFolder],
      ...["--timeout", `${this.#timeout}`],
      ...(this.workers === undefined ? [] : ["--workers", `${this.workers}`]),
    ];
  }

  /** The command line that tandem uses by default. */
  get gunicorn(): string[] {
    return [
      ...[
        "gunicorn",
        "--timeout",
        `${this.#timeout}`,
        "-k",
        "gevent",
        "-b",
        `unix:${this.#socket}`,
      ],
      ...(this.workers === undefined ? [] : ["-w", `${this.workers}`]),
      ...["--graceful-timeout", "20", "wsgi:app"],
    ];
  }

  /** Has the command lines of both children. */
  get environment(): Record<string, string> {
    return {
      TMPDIR: this.temp,
      ...(this.workers === undefined ? {} : { MODEL_SERVER_WORKERS: `${this.workers}` }),
      PAIR_PROGRAM: this.program,
      PAIR_LOG_DIR: this.#log,
      PAIR_NGINX: `nginx -c ${this.#conf}`,
      PAIR_GUNICORN: this.gunicorn.join(" "),
      PAIR_SOCKET: this.#socket,
      PAIR_CHECK: `${setUps}/answers.py`,
    };
  }

  /** Links the log files, as the Dockerfile does if the launcher does not. */
  linkLogs(): void {
    Deno.symlinkSync("/dev/stdout", `${this.#log}/access.log`);
    Deno.symlinkSync("/dev/stderr", `${this.#log}/error.log`);
  }

  editConf(edit: (conf: string) => string): void {
    Deno.writeTextFileSync(this.#conf, edit(Deno.readTextFileSync(this.#conf)));
  }

  /** nginx itself answers /fast with an empty body, without an end to the number of requests. */
  answerFast(): void {
    const addition = "keepalive_requests 1000000; location = /fast { return 200; }";
    this.editConf((conf) => conf.replace(/^\s*listen .*;$/m, `$&\n    ${addition}`));
  }

  editApp(edit: (app: string) => string): void {
    const path = `${this.program}/wsgi.py`;
    Deno.writeTextFileSync(path, edit(Deno.readTextFileSync(path)));
  }

  /** Copies a folder that the candidate writes to. @returns the copy */
  copyIn(folder: string): string {
    const copy = `${this.folder}/${folder.slice(folder.lastIndexOf("/") + 1)}`;
    cpSync(folder, copy, { recursive: true });
    return copy;
  }

  /** The pid of the worker of each request that the app has received. */
  requestLog(): string[] {
    return readIfThere(`${this.program}/arrived`).split("\n").slice(0, -1);
  }

  [Symbol.dispose](): void {
    this.#reservation?.[Symbol.dispose]();
    Deno.removeSync(this.folder, { recursive: true });
  }
}

/** @returns "" if the file does not exist */
export function readIfThere(path: string): string {
  try {
    return Deno.readTextFileSync(path);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return "";
    throw error;
  }
}
