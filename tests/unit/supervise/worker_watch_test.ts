import assert from "node:assert/strict";
import type { Pidfds } from "../../../lib/host/process/pidfds.ts";
import type { WorkerDeath } from "../../../lib/supervise/worker_deaths.ts";
import { WorkerWatch } from "../../../lib/supervise/worker_watch.ts";
import { FakeClock } from "../support/fake_clock.ts";

const [SIGKILL, SIGTERM] = [9, 15];

/** A gunicorn whose workers are plain numbers; a pidfd is 1000 more than the pid. */
async function watching({ workers = 2, replacesWorkers = false, tellsStatus = true } = {}) {
  const clock = new FakeClock();
  const running = new Set<number>();
  const statuses = new Map<number, number>();
  const closed: number[] = [];
  const deaths: WorkerDeath[] = [];
  const ended: number[] = [];
  let lists = 0;
  let wake = () => {};
  const pidfds: Pidfds = {
    open: (pid) => running.has(pid) ? pid + 1000 : undefined,
    async next() {
      if (!ended.length) await new Promise<void>((resolve) => wake = resolve);
      return ended.shift()!;
    },
    readStatus: (pidfd) => tellsStatus ? statuses.get(pidfd - 1000) : undefined,
    close: (pidfd) => void closed.push(pidfd),
  };
  const watch = new WorkerWatch({
    ...{ clock, pidfds, workers, replacesWorkers },
    listWorkers: () => (lists++, [...running]),
    onDeath: (death) => deaths.push(death),
  });
  const start = (...pids: number[]) => pids.forEach((pid) => running.add(pid));
  const end = (pid: number, status: number) => {
    running.delete(pid);
    statuses.set(pid, status);
    ended.push(pid + 1000);
    wake();
  };
  start(...Array.from({ length: workers }, (_, index) => index + 1));
  watch.run();
  await clock.settle();
  return { clock, watch, start, end, deaths, closed, lists: () => lists };
}

Deno.test("worker watch: tells how each worker has ended, and closes its descriptor", async () => {
  const { clock, start, end, deaths, closed } = await watching({ workers: 4 });
  end(1, SIGKILL);
  end(2, 7 << 8);
  end(3, 0);
  end(4, SIGTERM);
  start(5, 6, 7, 8);
  await clock.advance(10_000);
  assert.deepEqual(deaths, [{ pid: 1, signal: "SIGKILL" }, { pid: 2, status: 7 }]);
  assert.deepEqual(closed, [1001, 1002, 1003, 1004]);
});

Deno.test("worker watch: a worker that ends gunicorn too is no death of its own", async () => {
  const { clock, end, deaths } = await watching();
  end(1, 3 << 8);
  end(2, 4 << 8);
  await clock.advance(10_000);
  assert.deepEqual(deaths, []);
});

Deno.test("worker watch: a replacement is found and its death is told too", async () => {
  const { clock, start, end, deaths } = await watching({ workers: 1 });
  end(1, SIGKILL);
  await clock.advance(50);
  start(2);
  await clock.advance(100);
  end(2, SIGKILL);
  await clock.advance(1000);
  assert.deepEqual(deaths.map(({ pid }) => pid), [1, 2]);
});

Deno.test("worker watch: nothing is listed, and no timer left, once all workers are found", async () => {
  const { clock, lists } = await watching();
  assert.equal(clock.liveTimers, 0);
  const before = lists();
  await clock.advance(3_600_000);
  assert.equal(lists(), before);
});

Deno.test("worker watch: the search for workers that never start ends", async () => {
  const { clock, end, lists } = await watching();
  end(1, SIGKILL);
  await clock.advance(10_000);
  const before = lists();
  assert.ok(before < 10, `${before} listings`);
  assert.equal(clock.liveTimers, 0);
  await clock.advance(3_600_000);
  assert.equal(lists(), before);
});

Deno.test("worker watch: without a status, a death is told without one", async () => {
  const { clock, end, deaths } = await watching({ tellsStatus: false });
  end(1, SIGKILL);
  await clock.advance(10_000);
  assert.deepEqual(deaths, [{ pid: 1 }]);
});

Deno.test("worker watch: without a status, a reload ends only the workers of before", async () => {
  const { clock, watch, start, end, deaths } = await watching({ tellsStatus: false });
  watch.onForward("reload");
  start(3, 4);
  // A long request keeps one for an hour.
  end(1, 0);
  await clock.advance(3_600_000);
  end(2, 0);
  await clock.advance(10_000);
  assert.deepEqual(deaths, []);
  end(3, SIGKILL);
  await clock.advance(10_000);
  assert.deepEqual(deaths, [{ pid: 3 }]);
});

Deno.test("worker watch: without a status, one worker less is one end in order, if it is not the last", async () => {
  const { clock, watch, end, deaths } = await watching({ tellsStatus: false });
  watch.onForward("fewer-workers");
  end(1, 0);
  await clock.advance(10_000);
  watch.onForward("fewer-workers");
  end(2, SIGKILL);
  await clock.advance(10_000);
  assert.deepEqual(deaths, [{ pid: 2 }]);
});

Deno.test("worker watch: one worker more is found", async () => {
  const { clock, watch, start, end, deaths } = await watching();
  watch.onForward("more-workers");
  await clock.advance(50);
  start(3);
  await clock.advance(100);
  end(3, SIGKILL);
  await clock.advance(10_000);
  assert.deepEqual(deaths, [{ pid: 3, signal: "SIGKILL" }]);
});

Deno.test("worker watch: without a status, workers that gunicorn replaces itself are no deaths", async () => {
  const { clock, end, deaths } = await watching({ tellsStatus: false, replacesWorkers: true });
  end(1, SIGKILL);
  await clock.advance(10_000);
  assert.deepEqual(deaths, []);
});
