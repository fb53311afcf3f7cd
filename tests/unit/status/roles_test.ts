import assert from "node:assert/strict";
import { lateWorkers, roleOf } from "../../../lib/status/roles.ts";
import type { ProcessFacts } from "../../../lib/host/process/tree.ts";
import { sampleState } from "./sample.ts";

const state = sampleState();

function process(pid: number, parent: number, different: Partial<ProcessFacts> = {}): ProcessFacts {
  return {
    pid,
    parent,
    group: pid,
    terminal: 0,
    name: "python3",
    title: "python3 app",
    state: "S",
    depth: 1,
    cpuTicks: 0,
    childrenCpuTicks: 0,
    rssBytes: 0,
    startTicks: 5020,
    ...different,
  };
}

const nginxMaster = process(120, 100, { startTicks: 5025, title: "nginx: master process nginx" });
const gunicornMaster = process(110, 100, { startTicks: 5004 });
const tree = [process(100, 1, { startTicks: 5000 }), gunicornMaster, nginxMaster];

const cases: [role: string, process: ProcessFacts][] = [
  ["tandem", tree[0]!],
  ["gunicorn master", gunicornMaster],
  ["nginx master", nginxMaster],
  ["gunicorn worker", process(111, 110)],
  ["nginx worker", process(121, 120, { title: "nginx: worker process" })],
  [
    "nginx worker is shutting down",
    process(122, 120, { title: "nginx: worker process is shutting down" }),
  ],
  ["nginx cache manager", process(123, 120, { title: "nginx: cache manager process" })],
  ["nginx worker", process(124, 100, { title: "nginx: worker process" })],
  ["ffmpeg", process(130, 111, { name: "ffmpeg", title: "ffmpeg -i x" })],
  ["sleep (orphan)", process(131, 100, { name: "sleep", title: "sleep 9" })],
  ["python3 (orphan)", process(110, 100, { startTicks: 9999 })],
];

for (const [role, facts] of cases) {
  Deno.test(`roles: ${role} (pid ${facts.pid})`, () => {
    const others = tree.filter(({ pid }) => pid !== facts.pid);
    assert.equal(roleOf(facts, [...others, facts], state), role);
  });
}

Deno.test("roles: workers that started after the start or the last reload are late", () => {
  const workers = [5020, 5030, 6000, 9000].map((startTicks, index) =>
    process(200 + index, 110, { startTicks })
  );
  const all = [...tree, ...workers];

  assert.equal(lateWorkers(all, state), 2);
  const reloads = { done: 1, refused: 0, last: { at: 20_000 } };
  assert.equal(lateWorkers(all, sampleState({ reloads })), 1);
  const refused = { done: 0, refused: 1, last: { at: 20_000, complaint: "no" } };
  assert.equal(lateWorkers(all, sampleState({ reloads: refused })), 2);
  assert.equal(lateWorkers(all, sampleState({ timeline: { start: 0 } })), 0);
});
