/** A temporary folder that is laid out like a model-serving image. */

import { fixtures } from "./paths.ts";
import { makeOpenFolder } from "./machine/open_folder.ts";
import { type ReservedPort, reservePort } from "./machine/ports.ts";
import { type SeedConf, seedConf } from "./seed_conf.ts";

export interface ImageOptions {
  /** The name of a fixture, or the text of the module. */
  app?: string;
  /** Changes to the default nginx.conf. */
  conf?: Partial<SeedConf>;
}

export class Image implements Disposable {
  /** Contains all of the image. Short, as a socket's path is limited to 107 bytes. */
  readonly folder = makeOpenFolder();
  /** Contains wsgi.py and nginx.conf; the working directory of a start. */
  readonly program = `${this.folder}/program`;
  readonly log = `${this.folder}/log`;
  readonly state = `${this.folder}/state`;
  /** TMPDIR of every process, so that the test sees what they leave in it. */
  readonly temp = `${this.folder}/tmp`;
  readonly socket = `${this.folder}/gunicorn.sock`;
  readonly nginxConf = `${this.program}/nginx.conf`;
  readonly #port: ReservedPort = reservePort();
  readonly #conf: Partial<SeedConf>;

  constructor({ app = "app.py", conf = {} }: ImageOptions = {}) {
    this.#conf = conf;
    for (const folder of [this.program, this.log, this.temp]) Deno.mkdirSync(folder);
    // Writable for every user, as /tmp is.
    Deno.chmodSync(this.temp, 0o1777);
    this.writeConf();
    const module = app.endsWith(".py") ? Deno.readTextFileSync(`${fixtures}/${app}`) : app;
    Deno.writeTextFileSync(`${this.program}/wsgi.py`, module);
  }

  get port(): number {
    return this.#port.number;
  }

  /** Writes nginx.conf again, with these changes. */
  writeConf(changes: Partial<SeedConf> = {}): void {
    const { port, socket, folder, log: logDir } = this;
    const own = { port, socket, logDir, pidFile: `${folder}/nginx.pid` };
    Deno.writeTextFileSync(this.nginxConf, seedConf({ ...own, ...this.#conf, ...changes }));
  }

  /** The flags that point at this image. */
  get flags(): string[] {
    return [
      ...["--nginx-conf", this.nginxConf],
      ...["--socket", this.socket],
      ...["--log-dir", this.log],
      ...["--state-dir", this.state],
    ];
  }

  /** For each request that reached the app, the pid of the worker that handled it. */
  arrived(): string[] {
    const path = `${this.program}/arrived`;
    return exists(path) ? Deno.readTextFileSync(path).split("\n").slice(0, -1) : [];
  }

  [Symbol.dispose](): void {
    this.#port[Symbol.dispose]();
    Deno.removeSync(this.folder, { recursive: true });
  }
}

/** The sorted names in the state folder of a running tandem, without a file that is just being written. */
export function stateFiles(folder: string): string[] {
  return listing(folder).filter((name) => !name.endsWith(".new"));
}

/** The sorted names in a folder; empty if it does not exist. */
export function listing(folder: string): string[] {
  try {
    return [...Deno.readDirSync(folder)].map(({ name }) => name).sort();
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return [];
    throw error;
  }
}

export function exists(path: string): boolean {
  try {
    Deno.lstatSync(path);
    return true;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return false;
    throw error;
  }
}
