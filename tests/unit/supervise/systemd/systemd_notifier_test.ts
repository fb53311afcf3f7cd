import assert from "node:assert/strict";
import { SystemdNotifier } from "../../../../lib/supervise/systemd/systemd_notifier.ts";
import { FakeClock } from "../../support/fake_clock.ts";

const DRAIN = { drainDelay: 0, nginx: 20_000, grace: 25_000 };

/** What systemd is told, a line for each datagram: "1000: READY=1 STATUS=…". */
function scene({ grace = DRAIN.grace, feedsWatchdog = false } = {}) {
  const clock = new FakeClock();
  const told: string[] = [];
  const fresh = Promise.withResolvers<void>();
  const feeding: string[] = [];
  const show = (state: string[], facts: Record<string, string>) => {
    const lines = [...state, ...Object.entries(facts).map(([name, value]) => `${name}=${value}`)];
    told.push(`${clock.now()}: ${lines.join(" ").replaceAll("\n", " ")}`);
  };
  const notifier = new SystemdNotifier({
    clock,
    deadlines: { ...DRAIN, grace },
    socket: {
      enter: (state, facts) => show([state], facts),
      tell: (facts) => show([], facts),
      close: () => void told.push("closed"),
    },
    mainPid: 7,
    monotonicMicroseconds: () => BigInt(clock.now()) * 1000n,
    describeProgress: () => Promise.resolve(`progress at ${clock.now()}`),
    describeStop: () => "SIGTERM",
    watchReload: () => () => fresh.promise,
    feedWatchdog: !feedsWatchdog ? undefined : (ping, signal) => {
      ping();
      signal.addEventListener("abort", () => void feeding.push(`over at ${clock.now()}`));
      return Promise.reject(new Error("as when the signal aborts"));
    },
  });
  return { clock, told, notifier, fresh, feeding };
}

Deno.test("systemd notifier: a long start and a short drain", async () => {
  const { clock, told, notifier } = scene();
  await clock.advance(4500);
  notifier.onPhase("serving");
  await clock.advance(5500);
  notifier.onPhase("draining");
  await clock.advance(300);
  notifier.onPhase("stopped");
  await clock.settle();
  assert.deepEqual(told, [
    "0: STATUS=starting",
    "2000: STATUS=progress at 2000",
    "4000: STATUS=progress at 4000",
    "4500: READY=1 MAINPID=7 STATUS=serving, ready in 4.5 s",
    "10000: STOPPING=1 STATUS=draining: SIGTERM EXTEND_TIMEOUT_USEC=15000000",
    "10300: STATUS=stopped: SIGTERM",
    "closed",
  ]);
  assert.equal(clock.liveTimers, 0);
});

Deno.test("systemd notifier: a long drain is extended no further than it may take", async () => {
  const { clock, told, notifier } = scene({ grace: 5000 });
  notifier.onPhase("serving");
  told.length = 0;
  notifier.onPhase("draining");
  await clock.advance(10_000);
  const extensions = told.map((text) => /^(\d+): .* EXTEND_TIMEOUT_USEC=(\d+)000$/.exec(text));
  const ends = extensions.flatMap((found) => found ? [Number(found[1]) + Number(found[2])] : []);
  assert.deepEqual(ends, [9000, 9000, 9000, 9000, 9000]);
  assert.equal(told.at(-1), "10000: STATUS=progress at 10000");
});

Deno.test("systemd notifier: a reload is over when fresh workers answer", async () => {
  const { clock, told, notifier, fresh } = scene();
  notifier.onPhase("serving");
  await clock.advance(1000);
  told.length = 0;
  notifier.onEvent({ kind: "reloading" });
  await clock.advance(100);
  notifier.onEvent({ kind: "forward", action: "reload" });
  notifier.onEvent({ kind: "reload", complaint: undefined });
  await clock.advance(400);
  assert.deepEqual(told, ["1000: RELOADING=1 MONOTONIC_USEC=1000000 STATUS=reloading"]);
  fresh.resolve();
  await clock.settle();
  assert.deepEqual(told.slice(1), ["1500: READY=1 STATUS=serving, reloaded in 500 ms"]);
});

Deno.test("systemd notifier: a rejected reload is over, and the status says why", async () => {
  const { clock, told, notifier } = scene();
  notifier.onPhase("serving");
  told.length = 0;
  notifier.onEvent({ kind: "reloading" });
  notifier.onEvent({ kind: "reload", complaint: 'unknown directive "lsten"\nmore' });
  await clock.settle();
  assert.deepEqual(told.slice(1), [
    '0: READY=1 STATUS=serving, reload rejected, still on the old configuration: unknown directive "lsten"',
  ]);
});

Deno.test("systemd notifier: of two reloads, the later end counts", async () => {
  const { clock, told, notifier, fresh } = scene();
  notifier.onPhase("serving");
  told.length = 0;
  for (let reload = 0; reload < 2; reload++) notifier.onEvent({ kind: "reloading" });
  notifier.onEvent({ kind: "reload", complaint: "no" });
  await clock.settle();
  assert.equal(told.length, 2);
  notifier.onEvent({ kind: "forward", action: "reload" });
  notifier.onEvent({ kind: "reload", complaint: undefined });
  fresh.resolve();
  await clock.settle();
  assert.deepEqual(told.slice(2), ["0: READY=1 STATUS=serving, reloaded in 0 ms"]);
});

Deno.test("systemd notifier: a reload that a stop overtakes does not say READY again", async () => {
  const { clock, told, notifier, fresh } = scene();
  notifier.onPhase("serving");
  notifier.onEvent({ kind: "reloading" });
  notifier.onEvent({ kind: "forward", action: "reload" });
  notifier.onEvent({ kind: "reload", complaint: undefined });
  notifier.onPhase("draining");
  fresh.resolve();
  await clock.settle();
  assert.equal(told.filter((text) => text.includes("READY=1")).length, 1);
});

Deno.test("systemd notifier: a reload during the start does not say that the pair is ready", async () => {
  const { clock, told, notifier } = scene();
  notifier.onEvent({ kind: "reloading" });
  notifier.onEvent({ kind: "reload", complaint: "no" });
  await clock.settle();
  assert.deepEqual(told, ["0: STATUS=starting"]);
});

Deno.test("systemd notifier: the watchdog is fed while the pair serves", async () => {
  const { clock, told, notifier, feeding } = scene({ feedsWatchdog: true });
  assert.deepEqual(told, ["0: STATUS=starting"]);
  notifier.onPhase("serving");
  await clock.advance(1000);
  assert.equal(told.at(-1), "0: WATCHDOG=1");
  notifier.onPhase("draining");
  assert.deepEqual(feeding, ["over at 1000"]);
});
