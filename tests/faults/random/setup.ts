/** The start that a round makes: edition, mode and settings, by chance. */

import { type Edition, editions } from "../../support/editions.ts";
import { fixtures as supportFixtures, repository } from "../../support/paths.ts";
import { isRoot } from "../../support/machine/needs.ts";
import type { Mode } from "../../support/launcher.ts";
import type { Image } from "../../support/image.ts";
import type { RandomNumbers } from "./random_numbers.ts";

export const fixtures = `${repository}/tests/faults/fixtures`;
export { supportFixtures };

export interface Setup {
  readonly edition: Edition;
  readonly mode: Mode;
  readonly workers: number;
  readonly workerClass: "sync" | "gthread" | "gevent";
  readonly logs: "auto" | "inherit" | "prefix" | "json";
  readonly state: "absent" | "present" | "sticky";
  readonly conf: "built-in" | "user's";
}

/** Of pid namespaces, only root can make one. */
export const MODES: readonly Mode[] = isRoot ? ["PID 1", "ordinary process"] : ["ordinary process"];

export function chooseSetup(random: RandomNumbers): Setup {
  return {
    edition: random.pick(editions),
    mode: random.pick(MODES),
    workers: random.between(1, 3),
    workerClass: random.pick(["sync", "gthread", "gevent"]),
    logs: random.pick(["auto", "inherit", "prefix", "json"]),
    state: random.pick(["absent", "present", "sticky"]),
    conf: random.pick(["built-in", "user's"]),
  };
}

export function isSlim({ edition }: Setup): boolean {
  return edition.name.startsWith("tandem-slim");
}

export function isSanitized({ edition }: Setup): boolean {
  return edition.name.endsWith("-asan");
}

export function isRelayed({ logs }: Setup): boolean {
  return logs === "prefix" || logs === "json";
}

export function describeSetup(setup: Setup): string {
  const { edition, mode, workers, workerClass, logs, state, conf } = setup;
  return `${edition.name}, ${mode}, ${workers} ${workerClass}, logs ${logs}, state ${state}, ` +
    `${conf} conf`;
}

export function makeStateFolder(image: Image, { state }: Setup): void {
  if (state === "absent") return;
  Deno.mkdirSync(image.state);
  Deno.chmodSync(image.state, state === "sticky" ? 0o1777 : 0o755);
}

/** The command of tandem. */
export function commandFor(image: Image, setup: Setup, graceSeconds: number): string[] {
  const { workers, workerClass, logs, conf } = setup;
  return [
    "serve",
    ...(conf === "built-in" ? ["--port", `${image.port}`] : ["--nginx-conf", image.nginxConf]),
    ...["--socket", image.socket, "--log-dir", image.log, "--state-dir", image.state],
    ...["--workers", `${workers}`, "--worker-class", workerClass, "--logs", logs],
    ...["--grace-period", `${graceSeconds}`],
  ];
}
