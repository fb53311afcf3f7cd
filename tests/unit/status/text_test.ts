import assert from "node:assert/strict";
import { statusJson } from "../../../lib/status/json.ts";
import { statusLines } from "../../../lib/status/text.ts";
import { sampleView } from "./sample.ts";

const plain = { colour: false, columns: Infinity, cpuSpan: "since each process's start" };

Deno.test("status: a serving pair as a table", () => {
  assert.deepEqual(
    statusLines(sampleView(), plain),
    [
      "serving, ready: tandem 1.2.3, pid 100, up 3 min 12 s",
      "  ready path   http://127.0.0.1:8080/ping",
      "  ready after  260 ms",
      "  app socket   /tmp/gunicorn.sock",
      "  connections  3 to nginx",
      "  state dir    /run/tandem",
      "",
      "PROCESS              PID  STATE         RSS        CPU  CPU%          UP",
      "tandem               100  sleeping   54 MiB     120 ms   0.1  3 min 11 s",
      "  gunicorn master    110  sleeping   30 MiB     120 ms   0.1  3 min 11 s",
      "    gunicorn worker  111  sleeping   30 MiB  1 min 1 s  32.1  3 min 11 s",
      "  nginx master       120  sleeping  7.1 MiB     120 ms   0.1  3 min 11 s",
      "    nginx worker     121  running   6.0 MiB     120 ms   0.1  3 min 11 s",
      "",
      "RSS: 127 MiB in total; memory that processes share counts in each of them.",
      "CPU%: of one CPU, since each process's start.",
      "",
      "EVENTS",
      " 3 min 11 s ago  ready in 260 ms",
    ].map((line) => line.replace("            UP", "          UP")),
  );
});

Deno.test("status: a drain shows its cause, its step and what it waits for", () => {
  const waiting = "draining: nginx has 12 connections, 8 s of 25 s";
  const lines = statusLines(
    sampleView({ phase: "draining", drainStep: "nginx", stopCause: "SIGTERM" }, { waiting }),
    plain,
  );

  assert.match(lines[0]!, /^draining, not ready: /);
  assert.ok(lines.includes("  stopping     SIGTERM"));
  assert.ok(lines.includes("  drain step   nginx"));
  assert.ok(lines.includes(`  waiting      ${waiting}`));
});

Deno.test("status: a start has no ready path yet", () => {
  const lines = statusLines(
    sampleView({ phase: "starting", ready: undefined, timeline: { start: 0 } }),
    plain,
  );

  assert.match(lines[0]!, /^starting, not ready: /);
  assert.ok(!lines.some((line) => /ready (path|after)/.test(line)), lines.join("\n"));
});

Deno.test("status: reloads, done and refused, and late workers", () => {
  const reloads = { done: 2, refused: 1, last: { at: 60_000, complaint: 'unknown "x"' } };
  const lines = statusLines(sampleView({ reloads }, { lateWorkers: 1 }), plain);

  assert.ok(lines.includes("  reloads      2 done, 1 refused, the last 2 min 12 s ago"));
  assert.ok(lines.includes('  refused      unknown "x"'));
  assert.ok(
    lines.includes("Restarts: 1 gunicorn worker younger than the start or last reload."),
    lines.join("\n"),
  );
});

Deno.test("status: colours only if they are wanted", () => {
  const events = [
    { at: 0, level: "warning", event: "not-ready", message: "not ready: GET /ping answers 503" },
    { at: 1, level: "error", event: "not-reloaded", message: "not reloaded" },
  ];
  const view = sampleView({ events });
  const escape = "\x1b[";

  assert.ok(!statusLines(view, plain).join("").includes(escape));
  const lines = statusLines(view, { ...plain, colour: true });
  assert.ok(lines[0]!.startsWith(`${escape}32mserving, ready${escape}0m: tandem`));
  assert.ok(lines.at(-2)!.startsWith(`${escape}33m`));
  assert.ok(lines.at(-1)!.startsWith(`${escape}31m`));
});

Deno.test("status: no line is wider than the terminal", () => {
  const message = "x".repeat(300);
  const events = [{ at: 0, level: "info", event: "ready", message }];

  for (const columns of [40, 80, 132]) {
    const lines = statusLines(sampleView({ events, socket: message }), { ...plain, columns });
    const widest = Math.max(...lines.map((line) => line.length));
    assert.ok(widest <= columns, `${widest} in ${columns} columns`);
    assert.ok(lines.some((line) => line.length === columns && line.endsWith("x…")));
  }
});

Deno.test("status: JSON has plain numbers", () => {
  const json = JSON.parse(JSON.stringify(statusJson(sampleView())));

  assert.equal(json.running, true);
  assert.equal(json.ready, true);
  assert.equal(json.readyUrl, "http://127.0.0.1:8080/ping");
  assert.equal(json.uptimeMs, 192_000);
  assert.equal(json.timeline.ready, 260);
  assert.deepEqual(json.processes[1], {
    role: "gunicorn master",
    depth: 1,
    pid: 110,
    state: "S",
    rssBytes: 30 * 1024 ** 2,
    cpuMs: 120,
    childrenCpuMs: 0,
    cpuPercent: 0.1,
    uptimeMs: 191_000,
  });
});
