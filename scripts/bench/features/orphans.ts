/** Processes that the app leaves behind. */

import {
  type ProcessEntry,
  read,
  readEntry,
} from "../../../tests/support/machine/process_table.ts";
import { ask } from "../../../tests/support/traffic/http_client.ts";
import { until } from "../../../tests/support/waiting.ts";
import { warmUp } from "../harness/clients.ts";
import type { Feature } from "../features.ts";
import { readIfThere } from "../harness/image.ts";
import { yesOrNo } from "./cells.ts";
import { ACT, addAct, serves, start } from "./trial.ts";

const COUNT = 100;
const REAP_MS = 5000;

/** A process of its own session that needs half a second to end well. */
const ORPHAN = `trap 'sleep 0.5; echo done >tidied; exit' TERM
echo up >orphan
while :; do sleep 0.05; done
`;

export const orphansReaped: Feature = {
  name: "zombies",
  question:
    `As PID 1: how many zombies are left 5 s after ${COUNT} orphans of the app have exited?`,
  async decide(candidate, benchFolder) {
    const script = `for i in $(seq ${COUNT}); do sleep 1 & done`;
    await using launch = start(candidate, benchFolder, {
      arrange: (image) =>
        addAct(image, `import subprocess`, `subprocess.check_call(["sh", "-c", "${script}"])`),
    });
    await serves(launch);
    await ask(launch.image.port, ACT);
    const orphans = () => childrenOf(launch.pid).filter(({ name }) => name === "sleep");
    await launch.bounded(
      "the exit of the orphans",
      () => orphans().every(({ state }) => state === "Z"),
    );
    await until(REAP_MS, "no zombies", () => orphans().length === 0).catch(() => {});
    return `${orphans().length} of ${COUNT}`;
  },
};

export const orphansStopped: Feature = {
  name: "orphans may finish",
  question:
    "At a stop, does a process that the app has left behind get SIGTERM, and the 0.5 s that it needs to exit?",
  async decide(candidate, benchFolder) {
    await using launch = start(candidate, benchFolder, {
      arrange(image) {
        Deno.writeTextFileSync(`${image.program}/orphan.sh`, ORPHAN);
        addAct(
          image,
          `import subprocess`,
          `subprocess.check_call(["sh", "-c", "setsid sh orphan.sh &"])`,
        );
      },
    });
    await serves(launch);
    await warmUp(launch);
    await ask(launch.image.port, ACT);
    const { program } = launch.image;
    await launch.bounded("the orphan", () => readIfThere(`${program}/orphan`) !== "");
    await launch.stop();
    return yesOrNo(readIfThere(`${program}/tidied`) !== "");
  },
};

/** Those of its first thread, to which the kernel gives orphans. */
function childrenOf(pid: number): ProcessEntry[] {
  const pids = (read(pid, `task/${pid}/children`) ?? "").split(" ").filter(Boolean);
  return pids.flatMap((child) => readEntry(Number(child)) ?? []);
}
