/** How many access log lines per second reach a reader, for each mode of `--logs`. */

import { until, within } from "../../../tests/support/waiting.ts";
import { killFamily } from "../../../tests/support/machine/launch_processes.ts";
import { ask } from "../../../tests/support/traffic/http_client.ts";
import { killByPid } from "../../../tests/support/machine/process_table.ts";
import { run } from "../../denort.ts";
import { type Candidate, isTandem } from "../candidates.ts";
import { readIfThere } from "../image.ts";
import type { Measurement } from "../measurement.ts";
import type { BenchFolder } from "../bench_folder.ts";

const LINES = 100_000;
const TIMEOUT_MS = 60_000;

interface Mode {
  logs: string;
  /** The type of stdout; with a socket, `auto` relays plain lines. */
  stdout: "pipe" | "socket";
}

const modes: Record<string, Mode> = {
  inherited: { logs: "inherit", stdout: "pipe" },
  "plain relay": { logs: "auto", stdout: "socket" },
  prefix: { logs: "prefix", stdout: "pipe" },
  json: { logs: "json", stdout: "pipe" },
};

export const logRelay: Measurement = {
  name: "logs",
  ofLauncher: true,
  title: "Access log lines per second that reach a reader",
  notes: [
    `${LINES} requests that nginx answers itself with an empty body, one worker, over 4 pipelined connections; from ` +
    "the first request to the last line read.",
    "Inherited: nginx writes to the reader, which is like cat, directly; the others are relayed.",
    "nginx, the client, the reader and the launcher share the processors.",
  ],
  metrics: Object.keys(modes).map((title) => ({ title: `${title}, lines/s`, digits: 0 })),
  rounds: (asked) => Math.ceil(asked / 5),
  order: "in turn",
  async measure(candidate, benchFolder) {
    const rates: number[] = [];
    for (const mode of Object.values(modes)) {
      const can = isTandem(candidate) || mode.logs === "inherit";
      rates.push(can ? await linesPerSecond(candidate, mode, benchFolder) : NaN);
    }
    return rates;
  },
};

async function linesPerSecond(
  candidate: Candidate,
  mode: Mode,
  benchFolder: BenchFolder,
): Promise<number> {
  using image = benchFolder.image();
  image.answerFast();
  const id = crypto.randomUUID();
  const result = `${image.folder}/result`;
  const isOurs = isTandem(candidate);
  const command = [...candidate.prepare(image), ...(isOurs ? ["--logs", mode.logs] : [])];
  const process = new Deno.Command(benchFolder.program("gauge"), {
    args: [mode.stdout, "\n", `${LINES}`, result, ...command],
    cwd: image.program,
    clearEnv: true,
    env: {
      ...benchFolder.environment("nginx and gunicorn"),
      ...image.environment,
      LAUNCH_ID: id,
    },
    stdin: "null",
    stdout: "null",
    stderr: "null",
    detached: true,
  }).spawn();
  try {
    await until(
      TIMEOUT_MS,
      "an answer",
      () => ask(image.port, "/ping").then(({ status }) => status === 200, () => false),
    );
    const begin = await run([benchFolder.program("flood"), `${image.port}`, "/fast", `${LINES}`]);
    const end = await until(TIMEOUT_MS, `${LINES} lines`, () => readIfThere(result) || undefined);
    killByPid(process.pid, "SIGTERM");
    await within(TIMEOUT_MS, "the exit after SIGTERM", process.status);
    return LINES / ((Number(end) - Number(begin)) / 1e9);
  } catch (error) {
    const output = readIfThere(`${result}.stderr`).split("\n").slice(-15).join("\n");
    throw new Error(`${(error as Error).message}\n${output}`, { cause: error });
  } finally {
    await killFamily({ variable: `LAUNCH_ID=${id}`, folder: image.folder });
    await process.status;
  }
}
