/** SIGHUP, with which Docker and Kubernetes can have a container reload. */

import { killByPid } from "../../../tests/support/machine/process_table.ts";
import { ask } from "../../../tests/support/traffic/http_client.ts";
import { pause, until } from "../../../tests/support/waiting.ts";
import { warmUp } from "../harness/clients.ts";
import type { Feature } from "../features.ts";
import type { Launch } from "../harness/launch.ts";
import { serves, start } from "./trial.ts";

const RELOAD_MS = 8000;
const REQUEST_MS = 10;
/** Traffic after the reload, so that what it loses late is seen, too. */
const AFTER_MS = 500;

const OLD = `return 404 "{}"`;
const NEW = `return 410 "{}"`;

export const reload: Feature = {
  name: "reload by SIGHUP",
  question:
    "Does SIGHUP put a changed nginx.conf and a changed app into effect, and how many requests of a client that sends a hundred a second are lost?",
  async decide(candidate, benchFolder) {
    await using launch = start(candidate, benchFolder);
    await serves(launch);
    await warmUp(launch);
    launch.image.editConf((conf) => conf.replace(OLD, NEW));
    launch.image.editApp((app) => app.replace(`"200 OK", b""`, `"200 OK", b"new"`));
    let hasEnded = false;
    launch.exited.then(() => hasEnded = true);
    const traffic = new Traffic(launch);
    killByPid(launch.pid, "SIGHUP");
    const [conf, app] = await Promise.all([
      candidate.alone ? undefined : comes(() => hasNewConf(launch)),
      comes(() => hasNewApp(launch)),
    ]);
    await pause(AFTER_MS);
    const lost = await traffic.end();
    if (hasEnded) return "ends";
    const what = conf ?? app ? app ? "yes" : "nginx.conf only" : app ? "app only" : "no";
    return what === "no" && lost === 0 ? what : `${what}, ${lost} lost`;
  },
};

function comes(poll: () => Promise<boolean>): Promise<boolean> {
  return until(RELOAD_MS, "the reload", poll).then(() => true, () => false);
}

function hasNewConf({ image }: Launch): Promise<boolean> {
  return ask(image.port, "/").then(({ status }) => status === 410, () => false);
}

/** Two in a row, because an old and a new worker may take turns. */
async function hasNewApp({ image }: Launch): Promise<boolean> {
  const bodies = [ask(image.port, "/ping"), ask(image.port, "/ping")];
  return (await Promise.all(bodies).catch(() => [])).length === 2 &&
    (await Promise.all(bodies)).every(({ body }) => body === "new");
}

class Traffic {
  #isOver = false;
  readonly #lost: Promise<number>;

  constructor(launch: Launch) {
    this.#lost = this.#send(launch);
  }

  async #send({ image }: Launch): Promise<number> {
    const requests: Promise<boolean>[] = [];
    while (!this.#isOver) {
      requests.push(ask(image.port, "/ping").then(({ status }) => status !== 200, () => true));
      await pause(REQUEST_MS);
    }
    return (await Promise.all(requests)).filter((isLost) => isLost).length;
  }

  end(): Promise<number> {
    this.#isOver = true;
    return this.#lost;
  }
}
