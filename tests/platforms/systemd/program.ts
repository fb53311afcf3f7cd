/** What a unit runs in the container: an app, and a conf that also listens where this machine can ask. */

import { makeOpenFolder } from "../../support/machine/open_folder.ts";
import { seedConf } from "../../support/seed_conf.ts";

export class Program implements Disposable {
  /** Visible in the container, read-only. */
  readonly folder = makeOpenFolder();

  /** @param stateDir the unit's */
  constructor(readonly stateDir: string, private readonly port: number) {
    Deno.copyFileSync(`${import.meta.dirname}/app.py`, `${this.folder}/wsgi.py`);
    this.writeConf();
  }

  /** @param locations more lines for the server */
  writeConf(locations = ""): void {
    const { port, stateDir } = this;
    const conf = seedConf({
      ...{ port, socket: "/tmp/gunicorn.sock", logDir: "/var/log/nginx" },
      pidFile: `${stateDir}/nginx.pid`,
      locations: `listen unix:${stateDir}/nginx.sock; ${locations}`,
    });
    Deno.writeTextFileSync(`${this.folder}/nginx.conf`, conf);
  }

  [Symbol.dispose](): void {
    Deno.removeSync(this.folder, { recursive: true });
  }
}
