/** A folder laid out as a model-serving image, that goes with the test. */

import { fixtures } from "./paths.ts";
import { makeOpenFolder } from "./machine/open_folder.ts";
import { type ReservedPort, reservePort } from "./machine/ports.ts";
import { type SeedConf, seedConf } from "./seed_conf.ts";

export interface ImageOptions {
  /** A file of the fixtures, or the text of the module. */
  app?: string;
  /** Parts of the nginx.conf that are to differ. */
  conf?: Partial<SeedConf>;
}

export class Image implements Disposable {
  /** Everything of this image, short enough for a socket's path. */
  readonly folder = makeOpenFolder();
  /** With wsgi.py and nginx.conf; the working directory of a start. */
  readonly program = `${this.folder}/program`;
  readonly log = `${this.folder}/log`;
  readonly state = `${this.folder}/state`;
  /** The temp folder of every process, so that what they leave there is seen. */
  readonly temp = `${this.folder}/tmp`;
  readonly socket = `${this.folder}/gunicorn.sock`;
  readonly nginxConf = `${this.program}/nginx.conf`;
  readonly #port: ReservedPort = reservePort();
  readonly #conf: Partial<SeedConf>;

  constructor({ app = "app.py", conf = {} }: ImageOptions = {}) {
    this.#conf = conf;
    for (const folder of [this.program, this.log, this.temp]) Deno.mkdirSync(folder);
    // The temp folder is for every user, as anywhere.
    Deno.chmodSync(this.temp, 0o1777);
    this.writeConf();
    const module = app.endsWith(".py") ? Deno.readTextFileSync(`${fixtures}/${app}`) : app;
    Deno.writeTextFileSync(`${this.program}/wsgi.py`, module);
  }

  get port(): number {
    return this.#port.number;
  }

  /** Writes nginx.conf anew, with these parts different. */
  writeConf(different: Partial<SeedConf> = {}): void {
    const { port, socket, folder, log: logDir } = this;
    const own = { port, socket, logDir, pidFile: `${folder}/nginx.pid` };
    Deno.writeTextFileSync(this.nginxConf, seedConf({ ...own, ...this.#conf, ...different }));
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

  /** One worker's pid for each request that came into the app's hands. */
  arrived(): string[] {
    const path = `${this.program}/arrived`;
    return exists(path) ? Deno.readTextFileSync(path).split("\n").slice(0, -1) : [];
  }

  [Symbol.dispose](): void {
    this.#port[Symbol.dispose]();
    Deno.removeSync(this.folder, { recursive: true });
  }
}

/** The names in a folder; none when there is no folder. */
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
