import assert from "node:assert/strict";
import { Sink } from "../../../lib/host/sink.ts";
import { FakeClock } from "../../support/fake_clock.ts";

const CLEAR = "\r\x1b[K";

/** A terminal that keeps what it gets. */
function sinkOn(clock = new FakeClock()) {
  const written: string[] = [];
  const output = {
    write(bytes: Uint8Array): Promise<number> {
      written.push(new TextDecoder().decode(bytes));
      return Promise.resolve(bytes.length);
    },
  };
  const sink = new Sink(output, clock, () => {});
  return { clock, sink, text: () => written.join("") };
}

const bytes = (text: string) => new TextEncoder().encode(text);

Deno.test("sink: without a lead everything is written as it is", async () => {
  const { clock, sink, text } = sinkOn();
  sink.say("tandem: one\n");
  await sink.take(bytes("nginx | two\n"), () => 1);
  await clock.settle();

  assert.equal(text(), "tandem: one\nnginx | two\n");
});

Deno.test("sink: with one, whatever begins a line clears away what was shown", async () => {
  const { clock, sink, text } = sinkOn();
  sink.lead = CLEAR;
  sink.say("waiting, 1 s");
  await sink.take(bytes("nginx | one\nnginx | two\n"), () => 2);
  sink.say("waiting, 2 s");
  sink.say("tandem: ready\n");
  sink.lead = "";
  await sink.take(bytes("nginx | three\n"), () => 1);
  await clock.settle();

  assert.equal(
    text(),
    `${CLEAR}waiting, 1 s${CLEAR}nginx | one\nnginx | two\n` +
      `${CLEAR}waiting, 2 s${CLEAR}tandem: ready\nnginx | three\n`,
  );
});

Deno.test("sink: the pieces of one long line stay together", async () => {
  const { clock, sink, text } = sinkOn();
  sink.lead = CLEAR;
  await sink.take(bytes("begin"), () => 0);
  await clock.settle();
  assert.equal(sink.isIdle, false, "nothing may be shown in the middle of a line");
  await sink.take(bytes(" and end\n"), () => 1);
  await clock.settle();

  assert.equal(sink.isIdle, true);
  assert.equal(text(), `${CLEAR}begin and end\n`);
});

Deno.test("sink: while its reader reads nothing it is not idle", async () => {
  const clock = new FakeClock();
  const reader = Promise.withResolvers<number>();
  const sink = new Sink({ write: () => reader.promise }, clock, () => {});
  assert.equal(sink.isIdle, true);
  sink.say("four");
  await clock.settle();
  assert.equal(sink.isIdle, false);
  reader.resolve(4);
  await clock.settle();
  assert.equal(sink.isIdle, true);
});
