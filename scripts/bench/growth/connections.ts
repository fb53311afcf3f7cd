/** Idle clients that keep their connection to nginx. */

import { OutputLines } from "../../../tests/support/output_lines.ts";
import { pause } from "../../../tests/support/waiting.ts";
import type { Growth } from "../growth.ts";
import type { Image } from "../harness/image.ts";
import { Launch } from "../harness/launch.ts";
import { peers } from "./peers.ts";
import { usageOf } from "../harness/usage.ts";
import { commandTime } from "./commands.ts";

const MOST = 10_000;
const OPEN_MS = 30_000;
const IDLE_MS = 500;

export const connections: Growth = {
  name: "connections",
  notes: [
    "Clients that have got one answer from nginx and keep their connection; nginx may have that many.",
    `CPU time of all processes of the launcher while they connect and for ${
      IDLE_MS / 1000
    } s after that.`,
    "As PID 1 of a pid namespace; the stop is from SIGTERM to the exit of all processes. nginx is the real one; " +
    "gunicorn is a stand-in in C that exits at once, so that the stop shows the connections only.",
  ],
  x: { title: "open connections", values: [1, 10, 100, 1000, MOST] },
  curves: [
    { name: "cpu", title: "CPU time for connections", y: "CPU time, ms", digits: 2 },
    { name: "memory", title: "Memory with open connections", y: "RSS, MB", digits: 1 },
    { name: "stop", title: "Stop with idle connections", y: "SIGTERM to exit, ms", digits: 0 },
    { name: "health", title: "tandem health", y: "exec to exit, ms", digits: 1 },
    { name: "status", title: "tandem status", y: "exec to exit, ms", digits: 1 },
  ],
  candidates: peers,
  async measure(candidate, count, benchFolder) {
    const image = benchFolder.image();
    allowConnections(image);
    await using launch = new Launch(benchFolder, candidate, {
      pair: "nginx and a crowd",
      asInit: true,
      image,
    });
    await launch.firstAnswer();
    const launcher = launch.launcherProcesses();
    const before = usageOf(launcher).cpuMs;
    await using idlers = new Deno.Command(benchFolder.program("idlers"), {
      args: [`${image.port}`, "/fast", `${count}`],
      env: benchFolder.environment("nginx and gunicorn"),
      stdin: "piped",
      stdout: "piped",
    }).spawn();
    const output = new OutputLines(idlers.stdout);
    await output.line(/^ready$/, OPEN_MS);
    await pause(IDLE_MS);
    const { cpuMs, rss } = usageOf(launcher);
    const health = await commandTime(launch, "health");
    const status = await commandTime(launch, "status");
    const stop = await launch.stop();
    await idlers.stdin.close();
    await idlers.status;
    return [cpuMs - before, rss, stop, health, status];
  },
};

function allowConnections(image: Image): void {
  image.answerFast();
  image.editConf((conf) =>
    conf
      .replace(
        /^events \{/m,
        `worker_rlimit_nofile ${2 * MOST};\n$&\n  worker_connections ${2 * MOST};`,
      )
      .replace(/keepalive_timeout \d+/, "keepalive_timeout 600")
  );
}
