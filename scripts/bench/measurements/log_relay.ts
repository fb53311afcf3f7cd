/** How many access lines a second reach a reader, by each way that the children's output can go. */

import { until, within } from "../../../tests/support/waiting.ts";
import { killFamily } from "../../../tests/support/machine/launch_processes.ts";
import { ask } from "../../../tests/support/traffic/http_client.ts";
import { killByPid } from "../../../tests/support/machine/process_table.ts";
import { run } from "../../denort.ts";
import type { Contender } from "../contenders.ts";
import { type Image, readIfThere } from "../image.ts";
import type { Measurement } from "../measurement.ts";
import type { Workshop } from "../workshop.ts";

const LINES = 100_000;
const LONGEST_MS = 60_000;

interface Way {
  logs: string;
  /** What stdout is; a socket is what makes `auto` pass lines through. */
  stdout: "pipe" | "socket";
}

const ways: Record<string, Way> = {
  inherited: { logs: "inherit", stdout: "pipe" },
  "passed through": { logs: "auto", stdout: "socket" },
  prefix: { logs: "prefix", stdout: "pipe" },
  json: { logs: "json", stdout: "pipe" },
};

export const logRelay: Measurement = {
  name: "logs",
  title: "Access lines a second that reach a reader",
  notes: [
    `${LINES} requests for an empty answer of nginx's own, one worker, over 4 pipelined connections; from the first ` +
    "request to the last line read.",
    "Inherited is what nginx by itself writes into a reader such as cat; the others relay it.",
    "Everybody shares the processors with nginx, the client and the reader.",
  ],
  metrics: Object.keys(ways).map((title) => ({ title: `${title}, lines/s`, digits: 0 })),
  rounds: (asked) => Math.ceil(asked / 5),
  order: "in turn",
  async measure(contender, workshop) {
    const rates: number[] = [];
    for (const way of Object.values(ways)) {
      const can = contender.name.startsWith("tandem") || way.logs === "inherit";
      rates.push(can ? await linesPerSecond(contender, way, workshop) : NaN);
    }
    return rates;
  },
};

async function linesPerSecond(contender: Contender, way: Way, workshop: Workshop): Promise<number> {
  using image = workshop.image();
  letRequestsBeMany(image);
  const id = crypto.randomUUID();
  const result = `${image.folder}/result`;
  const isOurs = contender.name.startsWith("tandem");
  const command = [...contender.prepare(image), ...(isOurs ? ["--logs", way.logs] : [])];
  const process = new Deno.Command(workshop.program("gauge"), {
    args: [way.stdout, `${LINES}`, result, ...command],
    cwd: image.program,
    clearEnv: true,
    env: {
      ...workshop.environment("nginx and gunicorn"),
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
      LONGEST_MS,
      "an answer",
      () => ask(image.port, "/ping").then(({ status }) => status === 200, () => false),
    );
    const begin = await run([workshop.program("flood"), `${image.port}`, "/fast", `${LINES}`]);
    const end = await until(LONGEST_MS, `${LINES} lines`, () => readIfThere(result) || undefined);
    killByPid(process.pid, "SIGTERM");
    await within(LONGEST_MS, "the end after SIGTERM", process.status);
    return LINES / ((Number(end) - Number(begin)) / 1e9);
  } catch (error) {
    const story = readIfThere(`${result}.stderr`).split("\n").slice(-15).join("\n");
    throw new Error(`${(error as Error).message}\n${story}`, { cause: error });
  } finally {
    await killFamily({ variable: `LAUNCH_ID=${id}`, folder: image.folder });
    await process.status;
  }
}

function letRequestsBeMany({ program }: Image): void {
  const path = `${program}/nginx.conf`;
  const more = "keepalive_requests 1000000; location = /fast { return 200; }";
  const conf = Deno.readTextFileSync(path).replace(/^\s*listen .*;$/m, `$&\n    ${more}`);
  Deno.writeTextFileSync(path, conf);
}
