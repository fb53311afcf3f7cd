/** What happens when one part is killed. */

import { killByPid } from "../../../tests/support/machine/process_table.ts";
import { until } from "../../../tests/support/waiting.ts";
import { warmUp } from "../harness/clients.ts";
import type { Feature } from "../features.ts";
import { endCell, seconds } from "./cells.ts";
import {
  answers,
  hasChild,
  masterOf,
  ofThePair,
  running,
  type Server,
  serves,
  start,
  watch,
} from "./trial.ts";

const END_MS = 12_000;
const GONE_MS = 10_000;

const servers: readonly Server[] = ["nginx", "gunicorn", "uvicorn"];

export const nginxKilled: Feature = {
  name: "nginx killed",
  question:
    "What does the container do within 12 s of a SIGKILL of nginx's master: exit with a status, serve with a new nginx, or run on?",
  decide: ofThePair(async (candidate, benchFolder) => {
    await using launch = start(candidate, benchFolder);
    await serves(launch);
    await warmUp(launch);
    const old = running(launch, "nginx").map(({ pid }) => pid);
    killByPid(masterOf(launch, "nginx")!, "SIGKILL");
    const end = await watch(launch, END_MS, () => {
      const master = masterOf(launch, "nginx", old);
      // Until its port is free, a new master has no worker.
      return master !== undefined && hasChild(launch, "nginx", master) && answers(launch);
    });
    return endCell(end);
  }),
};

export const gunicornKilled: Feature = {
  name: "gunicorn killed",
  question:
    "What does the container do within 12 s of a SIGKILL of gunicorn's master: exit with a status, serve with a new one, or run on?",
  decide: ofThePair(async (candidate, benchFolder) => {
    const name = "gunicorn";
    await using launch = start(candidate, benchFolder);
    await serves(launch);
    await warmUp(launch);
    const old = running(launch, name).map(({ pid }) => pid);
    killByPid(masterOf(launch, name)!, "SIGKILL");
    const end = await watch(
      launch,
      END_MS,
      () => masterOf(launch, name, old) !== undefined && answers(launch),
    );
    return endCell(end);
  }),
};

export const launcherKilled: Feature = {
  name: "launcher killed",
  question:
    "Outside of a container: what still runs 10 s after a SIGKILL of the launcher, or when had all exited?",
  async decide(candidate, benchFolder) {
    await using launch = start(candidate, benchFolder, { asInit: false });
    await serves(launch);
    await warmUp(launch);
    const begin = performance.now();
    killByPid(launch.pid, "SIGKILL");
    const left = () => servers.filter((name) => running(launch, name).length > 0);
    try {
      await until(GONE_MS, "the exit of all", () => left().length === 0);
    } catch {
      return `${left().join(", ")} live on`;
    }
    return `gone in ${seconds(performance.now() - begin)}`;
  },
};
