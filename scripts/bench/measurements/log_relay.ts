/** How many access log lines per second reach a reader, for each mode of `--logs`. */

import { run } from "../../build/denort.ts";
import type { BenchFolder } from "../harness/bench_folder.ts";
import { type Candidate, isLauncher, isTandem, withFlags } from "../candidates.ts";
import { Launch } from "../harness/launch.ts";
import type { Measurement } from "../measurement.ts";

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
  suits: isLauncher,
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
  { logs, stdout }: Mode,
  benchFolder: BenchFolder,
): Promise<number> {
  const image = benchFolder.image();
  image.answerFast();
  const chosen = isTandem(candidate) ? withFlags(candidate, "--logs", logs) : candidate;
  await using launch = new Launch(benchFolder, chosen, {
    pair: "nginx and gunicorn",
    image,
    counting: { stdout, mark: "\n", lines: LINES },
  });
  await launch.firstAnswer();
  const begin = await run([benchFolder.program("flood"), `${image.port}`, "/fast", `${LINES}`]);
  const end = await launch.lastLine(TIMEOUT_MS);
  await launch.stop();
  return LINES / ((end - Number(begin)) / 1e9);
}
