import assert from "node:assert/strict";
import { statusJson } from "../../../lib/status/json.ts";
import { METRICS_MARK, metricsText } from "../../../lib/status/metrics.ts";
import { metricsTable } from "../../../lib/status/metrics_table.ts";
import { metric, parseMetrics } from "../../support/metrics.ts";
import { sampleView } from "./sample.ts";

const everything = sampleView({
  edition: 'a "quoted"\\\nname',
  commit: "abc",
  workerDeaths: 3,
  workerDeathReasons: { SIGKILL: 2, "out-of-memory": 1 },
  lines: { relayed: 100, dropped: 7 },
  reloads: { done: 2, refused: 1 },
}, { memory: { limit: 512e6, kills: 1 }, lateWorkers: 1 });

Deno.test("metrics: every metric of the table is there, with HELP, TYPE and its fixed labels", () => {
  const families = parseMetrics(metricsText(everything));

  assert.deepEqual([...families.keys()], metricsTable.map(({ name }) => `tandem_${name}`));
  for (const { name, labels = {} } of metricsTable) {
    const { samples } = families.get(`tandem_${name}`)!;
    for (const [label, values] of Object.entries(labels)) {
      const found = samples.map(({ labels }) => labels[label]);
      if (values) assert.deepEqual(found, [...values], name);
    }
    for (const sample of samples) assert.deepEqual(Object.keys(sample.labels), Object.keys(labels));
  }
});

Deno.test("metrics: names have base units, and no text says what is not a metric's", () => {
  for (const { name, help } of metricsTable) {
    assert.doesNotMatch(name, /milli|mega|kilo|_ms|counter|gauge/);
    assert.doesNotMatch(help, /[\\\n]/, "nothing to escape");
    assert.doesNotMatch(help, /\.$/);
  }
});

Deno.test("metrics: the values are those of status --json", () => {
  const families = parseMetrics(metricsText(everything));
  // deno-lint-ignore no-explicit-any -- JSON
  const json: any = statusJson(everything);
  const value = (name: string, labels?: Record<string, string>) => metric(families, name, labels);

  assert.equal(value("up"), 1);
  assert.equal(value("build_info"), 1);
  assert.equal(families.get("tandem_build_info")!.samples[0]!.labels.edition, json.edition);
  assert.equal(value("start_time_seconds")! * 1000, Date.parse(json.startedAt));
  assert.equal(value("ready"), 1);
  assert.equal(value("phase", { phase: "serving" }), 1);
  assert.equal(value("phase", { phase: "draining" }), 0);
  assert.equal(
    value("worker_deaths_total", { reason: "SIGKILL" }),
    json.workerDeathReasons.SIGKILL,
  );
  assert.equal(value("worker_deaths_total", { reason: "unknown" }), 0);
  const deaths = families.get("tandem_worker_deaths_total")!.samples;
  assert.equal(deaths.reduce((sum, { value }) => sum + value, 0), json.workerDeaths);
  assert.equal(value("memory_kills_total"), json.memory.kills);
  assert.equal(value("memory_limit_bytes"), json.memory.limitBytes);
  assert.equal(value("reloads_total", { result: "done" }), json.reloads.done);
  assert.equal(value("reloads_total", { result: "refused" }), json.reloads.refused);
  assert.equal(value("lines_relayed_total"), json.lines.relayed);
  assert.equal(value("lines_dropped_total"), json.lines.dropped);
  assert.equal(value("connections"), json.connections);
  assert.equal(value("open_descriptors"), json.openDescriptors);
  assert.equal(value("late_workers"), json.lateWorkers);
  assert.equal(value("processes", { role: "gunicorn worker" }), 1);
  assert.equal(value("processes", { role: "guardian" }), 0);
  assert.equal(value("resident_memory_bytes", { role: "nginx master" }), 7.1 * 1024 ** 2);
});

Deno.test("metrics: CPU time does not fall when a worker exits", () => {
  const [tandem, master, worker, ...nginx] = everything.processes;
  const cpu = (processes: typeof everything.processes) =>
    metric(parseMetrics(metricsText({ ...everything, processes })), "cpu_seconds_total", {
      role: "gunicorn worker",
    });
  const before = cpu([tandem!, master!, { ...worker!, childrenCpuMs: 500 }, ...nginx]);
  const after = cpu([tandem!, { ...master!, childrenCpuMs: 62_000 }, ...nginx]);

  assert.equal(before, 62);
  assert.equal(after, 62);
});

Deno.test("metrics: other processes count as one role", () => {
  const { processes } = everything;
  const roles = ["nginx worker is shutting down", "nginx cache manager", "python3", "sh (orphan)"];
  const more = roles.map((role) => ({ ...processes[0]!, role }));
  const families = parseMetrics(metricsText({ ...everything, processes: [...processes, ...more] }));

  assert.equal(metric(families, "processes", { role: "nginx worker" }), 2);
  assert.equal(metric(families, "processes", { role: "other" }), 3);
});

Deno.test("metrics: what is not known is absent, not 0", () => {
  const view = sampleView({ phase: "draining", drainStep: "nginx" }, {
    connections: undefined,
    openDescriptors: undefined,
    processes: [],
    unseen: "hidden",
  });
  const families = parseMetrics(metricsText(view));

  assert.deepEqual([...families.keys()], [
    "tandem_up",
    "tandem_build_info",
    "tandem_start_time_seconds",
    "tandem_ready",
    "tandem_phase",
    "tandem_drain_step",
    "tandem_reloads_total",
  ]);
  assert.equal(metric(families, "ready"), 0);
  assert.equal(metric(families, "drain_step", { step: "nginx" }), 1);
  assert.equal(metric(families, "drain_step", { step: "gunicorn" }), 0);
});

Deno.test("metrics: if no tandem runs, they say only that", () => {
  const text = metricsText(undefined);
  assert.ok(text.startsWith(`${METRICS_MARK}\n`));
  assert.deepEqual([...parseMetrics(text).keys()], ["tandem_up"]);
  assert.match(text, /^tandem_up 0$/m);
});
