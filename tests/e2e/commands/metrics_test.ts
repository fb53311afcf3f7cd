/** `status --format prometheus` has the numbers of `status --json`, and promtool has nothing to say against them. */

import assert from "node:assert/strict";
import { forEachLaunch } from "../../support/harness.ts";
import type { Launcher } from "../../support/launcher.ts";
import { isAlive, killByPid } from "../../support/machine/process_table.ts";
import { titled } from "../../support/machine/needs.ts";
import { metric, parseMetrics } from "../../support/metrics.ts";
import { repository } from "../../support/paths.ts";
import { baseEnvironment } from "../../support/environment.ts";
import { typed } from "../../support/terminal/second_shell.ts";
import { ask } from "../../support/traffic/http_client.ts";
import { warmUp } from "../../support/traffic/warm_up.ts";
import { until } from "../../support/waiting.ts";

const PATIENCE_MS = 30_000;
const BOTH_EDITIONS = ["ordinary process"] as const;

async function readMetrics(launcher: Launcher) {
  const { code, stdout, stderr } = await typed(launcher, ["status", "--format", "prometheus"]);
  assert.equal(stderr, "");
  assert.equal(code, 0);
  return { text: stdout, families: parseMetrics(stdout) };
}

async function readJson(launcher: Launcher) {
  return JSON.parse((await typed(launcher, ["status", "--format", "json"])).stdout);
}

/** What only events change. */
function countsOfMetrics({ families }: Awaited<ReturnType<typeof readMetrics>>) {
  const value = (name: string, labels?: Record<string, string>) => metric(families, name, labels);
  const deaths = families.get("tandem_worker_deaths_total")?.samples ?? [];
  return {
    phase: families.get("tandem_phase")!.samples.find(({ value }) => value === 1)?.labels.phase,
    ready: value("ready") === 1,
    startedAt: Math.round(value("start_time_seconds")! * 1000),
    deaths: deaths.reduce((sum, { value }) => sum + value, 0),
    reasons: Object.fromEntries(
      deaths.filter(({ value }) => value).map(({ labels, value }) => [labels.reason!, value]),
    ),
    done: value("reloads_total", { result: "done" }),
    refused: value("reloads_total", { result: "refused" }),
    relayed: value("lines_relayed_total"),
    dropped: value("lines_dropped_total"),
    workers: value("processes", { role: "gunicorn worker" }),
    masters: value("processes", { role: "gunicorn master" }),
    edition: families.get("tandem_build_info")!.samples[0]!.labels.edition,
  };
}

async function countsOfJson(launcher: Launcher): Promise<ReturnType<typeof countsOfMetrics>> {
  const json = await readJson(launcher);
  const ofRole = (role: string) =>
    json.processes.filter((process: { role: string }) => process.role === role).length;
  return {
    phase: json.phase,
    ready: json.ready,
    startedAt: Date.parse(json.startedAt),
    deaths: json.workerDeaths,
    reasons: json.workerDeathReasons,
    done: json.reloads.done,
    refused: json.reloads.refused,
    relayed: json.lines?.relayed,
    dropped: json.lines?.dropped,
    workers: ofRole("gunicorn worker"),
    masters: ofRole("gunicorn master"),
    edition: json.edition,
  };
}

/** The counts of both, once they are equal: an event can come between two commands. */
function equalCounts(
  launcher: Launcher,
  what: string,
  isDone: (counts: ReturnType<typeof countsOfMetrics>) => boolean,
) {
  let story = "";
  return until(PATIENCE_MS, what, async () => {
    const json = await countsOfJson(launcher);
    const metrics = countsOfMetrics(await readMetrics(launcher));
    story = JSON.stringify([json, metrics]);
    return JSON.stringify(json) === JSON.stringify(metrics) && isDone(metrics) && metrics;
  }).catch((error) => assert.fail(`${error.message}: ${story}`));
}

forEachLaunch("the metrics equal status --json after each event", async (harness) => {
  const launcher = await harness.start({ args: ["--logs", "prefix", "--workers", "2"] });
  await launcher.ready();
  await warmUp(launcher, 2);
  const first = await equalCounts(launcher, "two workers", ({ workers }) => workers === 2);
  assert.equal(first.phase, "serving");
  assert.deepEqual(first.reasons, {});
  assert.deepEqual([first.done, first.refused, first.dropped], [0, 0, 0]);
  assert.equal(first.edition, harness.edition.name === "tandem" ? "deno" : "slim");

  const [worker] = launcher.workers("gunicorn");
  killByPid(worker!, "SIGSEGV");
  const died = await equalCounts(
    launcher,
    "the death of a worker",
    ({ deaths, workers }) => deaths === 1 && workers === 2,
  );
  assert.deepEqual(died.reasons, { SIGSEGV: 1 });

  launcher.image.writeConf({ locations: "no_such_directive;" });
  assert.equal((await typed(launcher, ["reload"])).code, 1);
  await equalCounts(launcher, "a refused reload", ({ refused }) => refused === 1);
  launcher.image.writeConf();
  assert.equal((await typed(launcher, ["reload"])).code, 0);
  await equalCounts(launcher, "a reload", ({ done, refused }) => done === 1 && refused === 1);

  const requests = 25;
  for (let number = 0; number < requests; number++) await ask(launcher.image.port, "/ping");
  // The relay has passed on every line that the test has read.
  const isChild = (line: string) => /^(nginx|gunicorn) /.test(line);
  const lines = () => launcher.lines.filter(isChild).length;
  await until(PATIENCE_MS, "the lines of all requests", () => {
    return launcher.lines.filter((line) => line.includes("GET /ping")).length >= requests;
  });
  await equalCounts(launcher, "every relayed line", ({ relayed }) => relayed === lines());
}, BOTH_EDITIONS);

forEachLaunch(
  "the metrics of a drain have its step, and no line without a relay",
  async (harness) => {
    const launcher = await harness.start({ args: ["--logs", "inherit"] });
    await launcher.ready();
    const slow = ask(launcher.image.port, "/invocations?until=seen");
    slow.catch(() => {});
    await until(PATIENCE_MS, "a request", () => launcher.image.arrived().length === 1);
    const before = await readMetrics(launcher);
    assert.equal(metric(before.families, "drain_step", { step: "nginx" }), 0);
    assert.equal(metric(before.families, "lines_relayed_total"), undefined);
    assert.ok(metric(before.families, "open_descriptors")! > 3);
    assert.ok(metric(before.families, "resident_memory_bytes", { role: "tandem" })! > 1e5);
    assert.equal(metric(before.families, "connections"), 1);

    launcher.signal("SIGTERM");
    const draining = await until(PATIENCE_MS, "the step of the drain", async () => {
      const { families } = await readMetrics(launcher);
      return metric(families, "drain_step", { step: "nginx" }) === 1 && families;
    });
    assert.equal(metric(draining, "phase", { phase: "draining" }), 1);
    assert.equal(metric(draining, "ready"), 0);
    Deno.writeTextFileSync(`${launcher.image.program}/seen`, "");
    assert.equal((await slow).status, 200);
    await launcher.exit(PATIENCE_MS);

    const none = await typed(launcher, ["status", "--format", "prometheus"]);
    assert.equal(none.code, 1);
    assert.match(none.stderr, /^tandem: not running: .+\n$/);
    assert.deepEqual([...parseMetrics(none.stdout).keys()], ["tandem_up"]);
    assert.match(none.stdout, /^tandem_up 0$/m);
  },
  BOTH_EDITIONS,
);

forEachLaunch("CPU time by role does not fall when a worker dies", async (harness) => {
  const launcher = await harness.start({ args: ["--workers", "2"] });
  await launcher.ready();
  await warmUp(launcher, 2);
  const cpu = async () =>
    metric((await readMetrics(launcher)).families, "cpu_seconds_total", {
      role: "gunicorn worker",
    })!;
  const [worker] = launcher.workers("gunicorn");
  const before = await cpu();
  assert.ok(before > 0, "a worker that has imported an app has used CPU time");
  killByPid(worker!, "SIGKILL");
  await until(PATIENCE_MS, "the worker's end", () => !isAlive(worker!));
  assert.ok(await cpu() >= before);
}, BOTH_EDITIONS);

forEachLaunch(
  "promtool finds nothing wrong with the metrics",
  async (harness) => {
    const launcher = await harness.start({ args: ["--logs", "prefix"] });
    await launcher.ready();
    await promtool(["check", "metrics"], (await readMetrics(launcher)).text);
  },
  BOTH_EDITIONS,
  { tools: ["promtool"] },
);

/** @throws what promtool says */
async function promtool(args: string[], input: string): Promise<void> {
  const command = new Deno.Command("promtool", {
    args,
    clearEnv: true,
    env: baseEnvironment(),
    stdin: "piped",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
  const writer = command.stdin.getWriter();
  await writer.write(new TextEncoder().encode(input));
  await writer.close();
  const { code, stdout, stderr } = await command.output();
  const said = [stdout, stderr].map((bytes) => new TextDecoder().decode(bytes)).join("");
  assert.equal(code, 0, said);
  if (args[1] === "metrics") assert.equal(said, "");
}

/** Each is one event within ten minutes, seen once a minute. */
const alerts: { alert: string; series: string; values: string; labels?: string }[] = [
  { alert: "TandemNotReady", series: "tandem_ready", values: "0x20" },
  { alert: "TandemNotReady", series: "tandem_up", values: "0x20" },
  {
    alert: "TandemWorkersDie",
    series: 'tandem_worker_deaths_total{reason="SIGKILL"}',
    values: "0 0 0 0 0 0 1 2 3 4 5 6",
  },
  {
    alert: "TandemOutOfMemory",
    series: "tandem_memory_kills_total",
    values: "0 0 0 0 0 0 1 1 1 1 1",
  },
  {
    alert: "TandemReloadRefused",
    series: 'tandem_reloads_total{result="refused"}',
    values: "0 0 0 0 0 0 1 1 1 1 1",
    labels: "result: refused",
  },
  {
    alert: "TandemLinesDropped",
    series: "tandem_lines_dropped_total",
    values: "0 0 0 0 0 0 9 9 9 9 9",
  },
  {
    alert: "TandemMetricsStale",
    series: 'node_textfile_mtime_seconds{file="/metrics/tandem.prom"}',
    values: "0x20",
    labels: "file: /metrics/tandem.prom",
  },
];

Deno.test({
  ...titled("promtool: each alert of docs/metrics.md fires", { tools: ["promtool"] }),
  async fn() {
    const page = Deno.readTextFileSync(`${repository}/docs/metrics.md`);
    const [, rules = ""] = /^```yaml\n(groups:\n[^`]+)^```$/m.exec(page) ?? [];
    const folder = Deno.makeTempDirSync({ prefix: "tandem-e2e-" });
    try {
      Deno.writeTextFileSync(`${folder}/rules.yml`, rules);
      await promtool(["check", "rules", `${folder}/rules.yml`], "");
      const tests = alerts.map(({ alert, series, values, labels = "" }) => {
        const summary = new RegExp(`alert: ${alert}\n[^]*?summary: (".*")`).exec(rules)![1];
        return `
  - interval: 1m
    input_series: [{ series: '${series}', values: '${values}' }]
    alert_rule_test:
      - eval_time: 10m
        alertname: ${alert}
        exp_alerts:
          - { exp_labels: { ${labels} }, exp_annotations: { summary: ${summary} } }`;
      });
      const names = [...rules.matchAll(/alert: (\w+)/g)].map(([, name]) => name);
      assert.deepEqual([...new Set(alerts.map(({ alert }) => alert))], names);
      Deno.writeTextFileSync(
        `${folder}/tests.yml`,
        `rule_files: [rules.yml]\ntests:${tests.join("")}\n`,
      );
      await promtool(["test", "rules", `${folder}/tests.yml`], "");
    } finally {
      Deno.removeSync(folder, { recursive: true });
    }
  },
});
