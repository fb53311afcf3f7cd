import assert from "node:assert/strict";
import { NotifySocket } from "../../../../lib/host/net/notify_socket.ts";
import { FakeClock } from "../../support/fake_clock.ts";

/** A socket whose queue is full until `empty` is called. */
function scene() {
  const clock = new FakeClock();
  const datagrams: string[] = [];
  let attempts = 0;
  let isFull = false;
  const socket = new NotifySocket((text) => {
    attempts++;
    if (isFull) return false;
    datagrams.push(text);
    return true;
  }, clock);
  return {
    ...{ clock, socket, datagrams },
    attempts: () => attempts,
    fill: () => void (isFull = true),
    empty: () => void (isFull = false),
  };
}

Deno.test("notify socket: a state and its facts are one datagram", () => {
  const { socket, datagrams, clock } = scene();
  socket.tell({ STATUS: "starting" });
  socket.enter("READY=1", { MAINPID: "7", STATUS: "serving" });
  socket.tell({ WATCHDOG: "1" });
  assert.deepEqual(datagrams, [
    "STATUS=starting",
    "READY=1\nMAINPID=7\nSTATUS=serving",
    "WATCHDOG=1",
  ]);
  assert.equal(clock.liveTimers, 0);
});

Deno.test("notify socket: while the queue is full, later facts replace earlier ones", async () => {
  const { socket, datagrams, clock, fill, empty } = scene();
  fill();
  for (const second of [1, 2, 3]) socket.tell({ STATUS: `starting, ${second} s` });
  socket.enter("READY=1", { STATUS: "serving" });
  socket.tell({ WATCHDOG: "1" });
  assert.equal(clock.liveTimers, 1);
  await clock.advance(1000);
  assert.deepEqual(datagrams, []);
  empty();
  await clock.advance(10_000);
  assert.deepEqual(datagrams, ["READY=1\nSTATUS=serving\nWATCHDOG=1"]);
  assert.equal(clock.liveTimers, 0);
  socket.tell({ STATUS: "later" });
  assert.equal(datagrams.length, 2);
});

const orders: [entered: string[], sent: string[]][] = [
  [["READY=1", "STOPPING=1"], ["READY=1", "STOPPING=1"]],
  [["READY=1", "RELOADING=1", "STOPPING=1"], ["READY=1", "STOPPING=1"]],
  [["RELOADING=1", "READY=1"], ["RELOADING=1", "READY=1"]],
  [["RELOADING=1", "READY=1", "RELOADING=1"], ["RELOADING=1"]],
  [["READY=1", "RELOADING=1", "READY=1"], ["READY=1", "RELOADING=1", "READY=1"]],
  [["RELOADING=1", "READY=1", "STOPPING=1"], ["STOPPING=1"]],
];

for (const [entered, sent] of orders) {
  Deno.test(`notify socket: ${entered.join(", ")} during a full queue`, async () => {
    const { socket, datagrams, clock, fill, empty } = scene();
    fill();
    for (const state of entered) socket.enter(state, {});
    empty();
    await clock.advance(10_000);
    assert.deepEqual(datagrams, sent);
  });
}

Deno.test("notify socket: nobody who reads is asked less and less often, without an end", async () => {
  const { socket, datagrams, clock, attempts, fill, empty } = scene();
  fill();
  socket.enter("READY=1", {});
  await clock.advance(60_000);
  assert.ok(attempts() < 20, `${attempts()} attempts`);
  await clock.advance(3_600_000);
  empty();
  await clock.advance(5000);
  assert.deepEqual(datagrams, ["READY=1"]);
});

Deno.test("notify socket: closed, it leaves no timer", async () => {
  const { socket, clock, fill } = scene();
  fill();
  socket.enter("STOPPING=1", {});
  socket.close();
  await clock.settle();
  assert.equal(clock.liveTimers, 0);
});
