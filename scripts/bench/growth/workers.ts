/** What gunicorn's workers cost its launcher. */

import { pause } from "../../../tests/support/waiting.ts";
import type { Growth } from "../growth.ts";
import { Launch } from "../harness/launch.ts";
import { peers } from "./peers.ts";
import { usageOf } from "../harness/usage.ts";
import { commandTime } from "./commands.ts";

/** Enough for every launcher to find that its pair is up. */
const SETTLING_MS = 300;

export const workers: Growth = {
  name: "workers",
  notes: [
    "Real nginx; 1,024 real workers do not fit into the machine, so gunicorn is a stand-in in C that forks them, " +
    "idle, and answers.",
    "CPU time and memory of all processes of the launcher, without nginx and gunicorn, as PID 1 of a pid namespace; " +
    "the stop is from SIGTERM to the exit of all processes.",
    "`status` and `health` run in the launcher's namespaces, as with docker exec: from exec to exit, median of 5.",
  ],
  x: { title: "workers", values: [1, 4, 16, 64, 256, 1024] },
  curves: [
    { name: "cpu", title: "CPU time of a start", y: "CPU time, ms", digits: 1 },
    { name: "memory", title: "Memory while it serves", y: "RSS, MB", digits: 1 },
    { name: "stop", title: "Stop", y: "SIGTERM to exit, ms", digits: 0 },
    { name: "status", title: "tandem status", y: "exec to exit, ms", digits: 1 },
    { name: "health", title: "tandem health", y: "exec to exit, ms", digits: 1 },
  ],
  candidates: peers,
  async measure(candidate, workers, benchFolder) {
    await using launch = new Launch(benchFolder, candidate, {
      pair: "nginx and a crowd",
      asInit: true,
      image: benchFolder.image({ workers }),
    });
    await launch.firstAnswer();
    await pause(SETTLING_MS);
    const { cpuMs, rss } = usageOf(launch.launcherProcesses());
    const status = await commandTime(launch, "status");
    const health = await commandTime(launch, "health");
    return [cpuMs, rss, await launch.stop(), status, health];
  },
};
