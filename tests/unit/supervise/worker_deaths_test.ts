import assert from "node:assert/strict";
import {
  deathReasons,
  parseWorkerDeath,
  type WorkerDeath,
  WorkerDeaths,
} from "../../../lib/supervise/worker_deaths.ts";
import { FakeClock } from "../support/fake_clock.ts";
import { fakeLog } from "./fake_log.ts";

const TIME = "[2026-01-31 23:59:59 +0000] [7]";

const lines: [string, WorkerDeath | undefined][] = [
  [`${TIME} [CRITICAL] WORKER TIMEOUT (pid:12)`, { pid: 12, reason: "worker timeout" }],
  [
    `${TIME} [WARNING] Worker with pid 12 was terminated due to signal 9`,
    { pid: 12, signal: "SIGKILL" },
  ],
  [
    `${TIME} [ERROR] Worker (pid:12) was sent SIGKILL! Perhaps out of memory?`,
    { pid: 12, signal: "SIGKILL" },
  ],
  [`${TIME} [ERROR] Worker (pid:12) was sent SIGSEGV!`, { pid: 12, signal: "SIGSEGV" }],
  [`${TIME} [ERROR] Worker (pid:12) exited with code 2.`, { pid: 12, status: 2 }],
  [`${TIME} [ERROR] Worker (pid:12) exited with code 2`, { pid: 12, status: 2 }],
  [`${TIME} [WARNING] Worker (pid:12) was sent SIGTERM!`, undefined],
  [`${TIME} [INFO] Worker exiting (pid: 12)`, undefined],
  [`${TIME} [INFO] Booting worker with pid: 12`, undefined],
];

for (const [line, death] of lines) {
  Deno.test(`worker deaths: ${line.slice(TIME.length + 1)}`, () => {
    assert.deepEqual(parseWorkerDeath(line), death);
  });
}

function scene() {
  const clock = new FakeClock();
  const log = fakeLog();
  const facts = { kills: 0, isServing: true, count: 0, reasons: {} };
  const deaths = new WorkerDeaths({
    ...{ clock, log },
    memoryKills: () => ({ limit: 512 * 1024 ** 2, kills: facts.kills }),
    isServing: () => facts.isServing,
    onCount: (count, reasons) => Object.assign(facts, { count, reasons }),
  });
  const say = (text: string) =>
    deaths.onOutput(
      { child: "gunicorn", stream: "stderr" },
      new TextEncoder().encode(`other\n${TIME} [ERROR] ${text}\n`),
    );
  return { clock, log, facts, say, deaths };
}

Deno.test("worker deaths: SIGKILL is out of memory only if the kernel has counted a kill more", () => {
  const { log, facts, say } = scene();
  say("Worker with pid 1 was terminated due to signal 9");
  facts.kills = 1;
  say("Worker with pid 2 was terminated due to signal 9");
  say("Worker with pid 3 was terminated due to signal 9");
  assert.deepEqual(log.messages, [
    "gunicorn worker 1 was killed by SIGKILL",
    "gunicorn worker 2 was killed by SIGKILL: out of memory: limit 512 MiB, 1 kill: " +
    "raise the limit, or run fewer workers",
    "gunicorn worker 3 was killed by SIGKILL",
  ]);
  assert.equal(facts.count, 3);
  assert.deepEqual(facts.reasons, { "SIGKILL": 2, "out-of-memory": 1 });
});

Deno.test("worker deaths: each is counted under one of the fixed reasons", () => {
  const { facts, say, deaths } = scene();
  say("WORKER TIMEOUT (pid:1)");
  say("Worker (pid:2) was sent SIGSEGV!");
  say("Worker (pid:3) was sent SIGRTMIN!");
  say("Worker (pid:4) exited with code 1");
  deaths.onDeath({ pid: 5 });
  assert.deepEqual(facts.reasons, {
    "worker-timeout": 1,
    "SIGSEGV": 1,
    "other-signal": 1,
    "exit-status": 1,
    "unknown": 1,
  });
  for (const reason of Object.keys(facts.reasons)) {
    assert.ok((deathReasons as readonly string[]).includes(reason));
  }
});

Deno.test("worker deaths: a timeout and the abort that follows are one death", () => {
  const { log, facts, say } = scene();
  say("WORKER TIMEOUT (pid:1)");
  say("Worker with pid 1 was terminated due to signal 6");
  assert.deepEqual(log.messages, ["gunicorn worker 1 is aborted by gunicorn: worker timeout"]);
  assert.equal(facts.count, 1);
});

Deno.test("worker deaths: five within a minute are said once, and counted on", async () => {
  const { clock, log, facts, say } = scene();
  for (let pid = 1; pid <= 8; pid++) say(`Worker (pid:${pid}) exited with code 1`);
  assert.deepEqual(log.events, [
    ...Array.from({ length: 4 }, () => "warning worker-died"),
    "error workers-keep-dying",
  ]);
  assert.match(
    log.messages.at(-1)!,
    /^5 gunicorn workers died .*the last one exited with status 1/,
  );
  assert.equal(facts.count, 8);
  await clock.advance(60_000);
  say("Worker (pid:9) exited with code 1");
  assert.equal(log.events.at(-1), "warning worker-died");
});

Deno.test("worker deaths: those of a drain are not counted", () => {
  const { log, facts, say } = scene();
  facts.isServing = false;
  say("Worker with pid 1 was terminated due to signal 9");
  assert.deepEqual(log.events, []);
  assert.equal(facts.count, 0);
});

Deno.test("worker deaths: one whose end nobody told is of memory if the kernel has counted a kill more", () => {
  const { log, facts, deaths } = scene();
  deaths.onDeath({ pid: 1 });
  facts.kills = 1;
  deaths.onDeath({ pid: 2 });
  assert.deepEqual(log.messages, [
    "gunicorn worker 1 died (gunicorn's own log may say why)",
    "gunicorn worker 2 died: out of memory: limit 512 MiB, 1 kill: " +
    "raise the limit, or run fewer workers",
  ]);
});
