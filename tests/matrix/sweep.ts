/**
 * Sends POSTs with swept pauses over nginx, and counts each answer that is not 200: a connection that gunicorn closes at
 * the moment at which nginx sends a request on it would be answered 502.
 *
 *   deno task test:sweep [--requests N] [--suite S]... [--write]    20,000 requests for each suite by default
 *   deno task test:sweep --max-requests N    with workers that are replaced, which closes the connections kept to them
 */

// deno-lint-ignore-file no-console -- a script prints
import { parseArgs } from "node:util";
import { stopwatch } from "../../scripts/build/denort.ts";
import { writeKeepAlive } from "./sweep/report.ts";
import { type Form, forms, NGINX_OF } from "./sweep/forms.ts";
import { type Answers, OK, sweep } from "./sweep/clients.ts";
import { Pair } from "./pair.ts";
import { prepareRoot, type Suite, SUITES } from "./roots.ts";
import { workerClasses } from "./worker_classes.ts";

/** Enough to show what plain gunicorn loses. */
const MOST_PLAIN = 4000;

const { values } = parseArgs({
  options: {
    requests: { type: "string", default: "20000" },
    suite: { type: "string", multiple: true, default: [...SUITES] },
    "max-requests": { type: "string" },
    write: { type: "boolean" },
  },
});
const requests = Number(values.requests);
if (!(requests > 0)) throw new Error(`--requests ${values.requests}: use a positive number`);
const suites = values.suite.map((suite) => {
  const known = SUITES.find((known) => known === suite);
  if (known) return known;
  throw new Error(`--suite ${suite}: use ${SUITES.join(", ")}`);
});
const roots = new Map<Suite, string>();
for (const suite of suites) {
  const root = await prepareRoot(suite);
  if (root.kind === "ignored") {
    console.log(`ignored: ${root.reason}`);
    Deno.exit();
  }
  roots.set(suite, root.path);
}

const maxRequests = values["max-requests"];
if (maxRequests !== undefined && values.write) throw new Error("--write: not with --max-requests");
const replacement = maxRequests === undefined ? [] : ["--max-requests", maxRequests];
const [connectionEach] = forms;

const classes = Object.keys(workerClasses);
/** For each pair; those of plain gunicorn come on top. */
const share = Math.ceil(requests / classes.length / forms.filter(({ isPlain }) => !isPlain).length);
const seconds = stopwatch();
let hasFailed = false;
const rows: string[][] = [];
for (const form of forms) {
  const sweeps = classes.flatMap((name) => suites.map((suite) => sweepOne(form, name, suite)));
  const cells = await Promise.all(sweeps);
  for (const [index, name] of classes.entries()) {
    const own = cells.slice(index * suites.length, (index + 1) * suites.length);
    const row = [form.name, form.isPlain ? "its own, 2 s" : "75 s", name, ...own];
    console.log(row.join(" | "));
    rows.push(row);
  }
}
if (values.write) {
  const facts = `${new Date().toISOString().slice(0, 10)}, in ${seconds()}; repeat it with ` +
    `\`./scripts/deno task test:sweep --requests ${requests}\`.`;
  const nginx = suites.map((suite) => `nginx ${NGINX_OF[suite]}`);
  const head = ["nginx.conf", "gunicorn's keep-alive", "worker class", ...nginx];
  writeKeepAlive(facts, [head, ...rows]);
}
if (hasFailed) Deno.exitCode = 1;

/** @returns the number of requests, and of each other answer than 200 */
async function sweepOne(form: Form, name: string, suite: Suite): Promise<string> {
  try {
    await using pair = new Pair(roots.get(suite)!, form, [...replacement, ...workerClasses[name]!]);
    await pair.isReady();
    const amount = form.isPlain ? Math.min(share, MOST_PLAIN) : share;
    const hasMinute = !form.isPlain && (form.keepsMinute ?? []).includes(suite);
    const answers = await sweep(pair.port, form.pools, amount, hasMinute);
    await pair.stop();
    const others = [...answers].filter(([answer]) => answer !== OK);
    if (others.length > 0) {
      console.log(`${form.name}, ${name}, ${suite}: ${pair.reasons().join("; ")}`);
    }
    const mayLose = form.isPlain || (maxRequests !== undefined && form !== connectionEach);
    if (others.length > 0 && !mayLose) hasFailed = true;
    return summary(answers, others);
  } catch (error) {
    hasFailed = true;
    console.error(`${form.name}, ${name}, ${suite}: ${(error as Error).message}`);
    return "failed";
  }
}

function summary(answers: Answers, others: [string, number][]): string {
  const total = [...answers.values()].reduce((sum, count) => sum + count, 0);
  const lost = others.map(([answer, count]) => `${count} × ${answer}`).join(", ");
  return `${total}: ${lost || "0"}`;
}
