import assert from "node:assert/strict";
import { type Ask, untilAnswered, type Waiting } from "../../../lib/supervise/readiness.ts";
import { FakeClock } from "../../support/fake_clock.ts";

/** Asks of a server that starts to answer at some moment, and when it was asked. */
function server(clock: FakeClock, answer: (now: number) => number | undefined) {
  const askedAt: number[] = [];
  const ask: Ask = () => {
    askedAt.push(clock.now());
    const status = answer(clock.now());
    return status === undefined
      ? Promise.reject(new Error("connection refused"))
      : Promise.resolve(status);
  };
  return { askedAt, ask };
}

const any: Waiting["accept"] = () => true;
const silent = () => undefined;

Deno.test("readiness: who answers at once is asked once", async () => {
  const clock = new FakeClock();
  const { askedAt, ask } = server(clock, () => 404);

  await clock.finish(untilAnswered({ ask, accept: any }, clock, new AbortController().signal));

  assert.deepEqual(askedAt, [0]);
  assert.equal(clock.liveTimers, 0);
});

Deno.test("readiness: the pauses double from a millisecond to a second, and stay there", async () => {
  const clock = new FakeClock();
  const { askedAt, ask } = server(clock, (now) => now >= 5000 ? 200 : undefined);

  await clock.finish(untilAnswered({ ask, accept: any }, clock, new AbortController().signal));

  const pauses = askedAt.slice(1).map((at, index) => at - askedAt[index]!);
  assert.deepEqual(pauses, [1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1000, 1000, 1000, 1000]);
});

Deno.test("readiness: a change is a reason to ask at once, and often again", async () => {
  const clock = new FakeClock();
  const { askedAt, ask } = server(clock, (now) => now >= 3710 ? 200 : undefined);
  let change = Promise.withResolvers<void>();

  const answered = untilAnswered(
    { ask, accept: any, changed: () => change.promise },
    clock,
    new AbortController().signal,
  );
  await clock.advance(3700);
  const before = askedAt.length;
  change.resolve();
  change = Promise.withResolvers();
  await clock.finish(answered);

  assert.deepEqual(askedAt.slice(before), [3700, 3701, 3703, 3707, 3715]);
  assert.equal(clock.liveTimers, 0);
});

Deno.test("readiness: a change that comes during a question is not missed", async () => {
  const clock = new FakeClock();
  let change = Promise.withResolvers<void>();
  const askedAt: number[] = [];
  const ask: Ask = async () => {
    askedAt.push(clock.now());
    if (clock.now() >= 2010) return 200;
    await clock.sleep(2000);
    throw new Error("connection reset");
  };

  const answered = untilAnswered(
    { ask, accept: any, changed: () => change.promise },
    clock,
    new AbortController().signal,
  );
  await clock.advance(1);
  change.resolve();
  change = Promise.withResolvers();
  await clock.advance(1999);

  assert.deepEqual(askedAt, [0, 2000], "asked again without a pause");
  await clock.finish(answered);
});

Deno.test("readiness: a status that will not do is told, and asked past", async () => {
  const clock = new FakeClock();
  const { ask } = server(clock, (now) => now >= 100 ? 200 : now >= 20 ? 503 : undefined);
  const refused: number[] = [];

  await clock.finish(untilAnswered(
    { ask, accept: (status) => status === 200, onRefused: (status) => void refused.push(status) },
    clock,
    new AbortController().signal,
  ));

  assert.deepEqual([...new Set(refused)], [503], "silence is not told");
  assert.equal(refused.length, 2, "at 31 and 63 ms");
  assert.equal(clock.now(), 127);
});

Deno.test("readiness: an abort ends the pause at once, with the signal's reason", async () => {
  const clock = new FakeClock();
  const { askedAt, ask } = server(clock, silent);
  const starting = new AbortController();

  const answered = untilAnswered({ ask, accept: any }, clock, starting.signal);
  answered.catch(() => {});
  await clock.advance(3500);
  const asked = askedAt.length;
  const reason = new Error("a stop was asked for");
  starting.abort(reason);

  await assert.rejects(clock.finish(answered), reason);
  assert.equal(clock.now(), 3500);
  assert.equal(clock.liveTimers, 0);
  assert.equal(askedAt.length, asked, "nobody is asked any more");
});

Deno.test("readiness: an abort during a question counts, whatever the answer is", async () => {
  const clock = new FakeClock();
  const starting = new AbortController();
  const answer = Promise.withResolvers<number>();
  let given: AbortSignal | undefined;

  const answered = untilAnswered(
    {
      ask(signal) {
        given = signal;
        return answer.promise;
      },
      accept: any,
    },
    clock,
    starting.signal,
  );
  answered.catch(() => {});
  await clock.settle();
  starting.abort(new Error("too late"));
  assert.equal(given?.aborted, true, "the question can hang up");
  answer.resolve(200);

  await assert.rejects(clock.finish(answered), new Error("too late"));
});

Deno.test("readiness: leaves no listener on the signal", async () => {
  const clock = new FakeClock();
  const { ask } = server(clock, (now) => now >= 5000 ? 200 : undefined);
  const { signal } = new AbortController();
  let listeners = 0;
  const { addEventListener, removeEventListener } = signal;
  signal.addEventListener = (...args: unknown[]) => {
    listeners++;
    addEventListener.apply(signal, args as Parameters<typeof addEventListener>);
  };
  signal.removeEventListener = (...args: unknown[]) => {
    listeners--;
    removeEventListener.apply(signal, args as Parameters<typeof removeEventListener>);
  };

  await clock.finish(untilAnswered({ ask, accept: any }, clock, signal));

  assert.equal(listeners, 0);
});
