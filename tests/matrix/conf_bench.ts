/**
 * Measures the built-in nginx.conf, with and without kept connections, beside its predecessor, in turn on one machine.
 *
 *   deno task bench:conf [--rounds N] [--write]    5 rounds, 6 minutes; --write updates decision 0011
 */

// deno-lint-ignore-file no-console -- a script prints
import { parseArgs } from "node:util";
import { summarize } from "../../scripts/bench/statistics.ts";
import { markdownTable, withSection } from "../../scripts/sections.ts";
import { repository } from "../support/paths.ts";
import { Pair } from "./pair.ts";
import { prepareRoot } from "./roots.ts";
import { workerClasses } from "./worker_classes.ts";
import { beforeConf } from "./conf_bench/before_conf.ts";
import { type Speed, type Workload, wrk } from "./conf_bench/wrk.ts";

const DOCUMENT = "docs/decisions/0011-a-connection-for-each-request.md";
/** nginx 1.22 and gunicorn 20.1. */
const root = await prepareRoot("bookworm");
if (root.kind === "ignored") {
  console.log(`ignored: ${root.reason}`);
  Deno.exit();
}

const candidates = [
  { name: "before", flags: [], conf: beforeConf },
  { name: "today", flags: ["--nginx-conf", "builtin"] },
  { name: "today, kept", flags: ["--nginx-conf", "builtin", "--upstream-keep-alive", "32"] },
];

const workloads: readonly Workload[] = [
  { name: "three bytes", path: "/", connections: 32, seconds: 1 },
  { name: "30 ms busy", path: "/busy", connections: 8, seconds: 2 },
  { name: "1 MB body", path: "/", connections: 4, seconds: 1, body: 1e6 },
  { name: "25 MB body", path: "/", connections: 2, seconds: 2, body: 25e6 },
];

interface Sample extends Speed {
  /** Milliseconds of the pair's CPU time for each request, which hardly depends on how busy the machine is. */
  cpu: number;
}

const { values } = parseArgs({
  options: { rounds: { type: "string", default: "5" }, write: { type: "boolean" } },
});
const rounds = Number(values.rounds);
if (!(rounds > 0)) throw new Error(`--rounds ${values.rounds}: use a positive number`);

const head = ["request", "worker class", ...candidates.map(({ name }) => name)];
const rows: string[][] = [];
for (const [workerClass, gunicornArguments] of Object.entries(workerClasses)) {
  await using stack = new AsyncDisposableStack();
  const pairs = candidates.map((candidate) =>
    stack.use(new Pair(root.path, candidate, gunicornArguments))
  );
  await Promise.all(pairs.map((pair) => pair.isReady()));
  for (const workload of workloads) {
    const samples: Sample[][] = pairs.map(() => []);
    // The first round warms up.
    for (let round = -1; round < rounds; round++) {
      for (let turn = 0; turn < pairs.length; turn++) {
        // Each round starts with another one.
        const index = (turn + round + 1) % pairs.length;
        const pair = pairs[index]!;
        const before = pair.cpuSeconds();
        const speed = await wrk(pair.port, workload);
        const cpu = 1000 * (pair.cpuSeconds() - before) / speed.requests;
        if (round >= 0) samples[index]!.push({ ...speed, cpu });
      }
    }
    const row = [workload.name, workerClass, ...samples.map(cell)];
    console.log(row.join(" | "));
    rows.push(row);
  }
  for (const pair of pairs) await pair.stop();
}
if (values.write) {
  const path = `${repository}/${DOCUMENT}`;
  const text = Deno.readTextFileSync(path);
  const table = markdownTable([head, ...rows]);
  Deno.writeTextFileSync(path, withSection(text, DOCUMENT, "measurements", table));
}

/** Requests per second with their range, the median and the 99th percentile of the latency, and the CPU time. */
function cell(samples: Sample[]): string {
  const of = (key: keyof Sample) => summarize(samples.map((sample) => sample[key]));
  const { median, min, max } = of("requestsPerSecond");
  const [rate, low, high] = [median, min, max].map((value) => value.toFixed(value < 100 ? 1 : 0));
  const [middle, slow, cpu] = (["median", "p99", "cpu"] as const)
    .map((key) => Number(of(key).median.toPrecision(2)));
  return `${rate} (${low}-${high}); ${middle}, ${slow} ms; ${cpu} ms`;
}
