import assert from "node:assert/strict";
import {
  pollUntilAccepted,
  type Probe,
  type ProbeTarget,
} from "../../../lib/supervise/readiness.ts";
import { FakeClock } from "../support/fake_clock.ts";

/** A server that answers by the time, and records when it was asked. */
function server(clock: FakeClock, answer: (now: number) => number | undefined) {
  const askedAt: number[] = [];
  const probe: Probe = () => {
    askedAt.push(clock.now());
    const status = answer(clock.now());
    return status === undefined
      ? Promise.reject(new Error("connection refused"))
      : Promise.resolve(status);
  };
  return { askedAt, probe };
}

const any: ProbeTarget["accept"] = () => true;
const silent = () => undefined;

Deno.test("readiness: a server that answers at once gets one request", async () => {
  const clock = new FakeClock();
  const { askedAt, probe } = server(clock, () => 404);

  await clock.finish(
    pollUntilAccepted({ probe, accept: any }, clock, new AbortController().signal),
  );

  assert.deepEqual(askedAt, [0]);
  assert.equal(clock.liveTimers, 0);
});

Deno.test("readiness: the pauses grow with the wait, from 3 ms to a second", async () => {
  const clock = new FakeClock();
  const { askedAt, probe } = server(clock, (now) => now >= 60_000 ? 200 : undefined);

  await clock.finish(
    pollUntilAccepted({ probe, accept: any }, clock, new AbortController().signal),
  );

  const pauses = askedAt.slice(1).map((at, index) => at - askedAt[index]!);
  assert.ok(askedAt.filter((at) => at <= 250).length < 70, "few questions in a usual start");
  const expected = askedAt.slice(0, -1).map((at) =>
    Math.min(1000, Math.max(3, Math.ceil(at / 32)))
  );
  assert.deepEqual(pauses, expected);
  assert.deepEqual(pauses.slice(-20), Array.from({ length: 20 }, () => 1000));
  assert.equal(clock.liveTimers, 0);
});

Deno.test("readiness: a status that is not accepted is reported, and the server is asked again", async () => {
  const clock = new FakeClock();
  const { probe } = server(clock, (now) => now >= 100 ? 200 : now >= 20 ? 503 : undefined);
  const refused: number[] = [];

  await clock.finish(pollUntilAccepted(
    {
      probe,
      accept: (status) => status === 200,
      onRefused: (status) => void refused.push(status),
    },
    clock,
    new AbortController().signal,
  ));

  assert.deepEqual([...new Set(refused)], [503], "a refused connection is not reported");
  assert.ok(refused.length > 2, "reported each time");
  assert.ok(clock.now() >= 100 && clock.now() <= 125, `${clock.now()} ms`);
});

Deno.test("readiness: an abort ends the pause at once, with the signal's reason", async () => {
  const clock = new FakeClock();
  const { askedAt, probe } = server(clock, silent);
  const starting = new AbortController();

  const answered = pollUntilAccepted({ probe, accept: any }, clock, starting.signal);
  answered.catch(() => {});
  await clock.advance(3500);
  const asked = askedAt.length;
  const reason = new Error("a stop was requested");
  starting.abort(reason);

  await assert.rejects(clock.finish(answered), reason);
  assert.equal(clock.now(), 3500);
  assert.equal(clock.liveTimers, 0);
  assert.equal(askedAt.length, asked, "the server gets no further request");
});

Deno.test("readiness: an abort during a request counts even if the request is answered", async () => {
  const clock = new FakeClock();
  const starting = new AbortController();
  const answer = Promise.withResolvers<number>();
  let given: AbortSignal | undefined;

  const answered = pollUntilAccepted(
    {
      probe(signal) {
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
  assert.equal(given?.aborted, true, "the probe gets the abort");
  answer.resolve(200);

  await assert.rejects(clock.finish(answered), new Error("too late"));
});

Deno.test("readiness: polling leaves no listener on the signal", async () => {
  const clock = new FakeClock();
  const { probe } = server(clock, (now) => now >= 5000 ? 200 : undefined);
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

  await clock.finish(pollUntilAccepted({ probe, accept: any }, clock, signal));

  assert.equal(listeners, 0);
});

Deno.test("readiness: a question without an answer is asked again less and less often, and still counts", async () => {
  const clock = new FakeClock();
  const askedAt: number[] = [];
  const signals: AbortSignal[] = [];
  const unanswered: number[] = [];
  const probe: Probe = (signal) => {
    askedAt.push(clock.now());
    signals.push(signal);
    // The first question has an answer after 100 s, the others have none.
    return askedAt.length === 1 ? clock.sleep(100_000).then(() => 200) : new Promise(() => {});
  };

  await clock.finish(pollUntilAccepted(
    { probe, accept: any, onUnanswered: (milliseconds) => void unanswered.push(milliseconds) },
    clock,
    new AbortController().signal,
  ));

  assert.deepEqual(askedAt, [0, 30_000, 90_000]);
  assert.deepEqual(unanswered, [30_000, 90_000]);
  assert.equal(clock.now(), 100_000);
  assert.ok(signals.every(({ aborted }) => aborted), "the other connections are closed");
  assert.equal(clock.liveTimers, 0);
});

Deno.test("readiness: a question that fails after a while is asked again", async () => {
  const clock = new FakeClock();
  let questions = 0;
  const probe: Probe = () =>
    ++questions === 1
      ? clock.sleep(45_000).then(() => Promise.reject(new Error("reset")))
      : questions === 2
      ? new Promise(() => {})
      : Promise.resolve(200);

  await clock.finish(
    pollUntilAccepted({ probe, accept: any }, clock, new AbortController().signal),
  );

  assert.equal(questions, 3);
  assert.equal(clock.liveTimers, 0);
});
