import assert from "node:assert/strict";
import { plainFormat } from "../../../../lib/host/output/line_formats.ts";
import type { LineBlock } from "../../../../lib/host/output/lines.ts";
import { type Inflow, Sink } from "../../../../lib/host/output/sink.ts";
import { FakeClock } from "../../support/fake_clock.ts";
import { FakeOutput, sinkEvents } from "./fake_output.ts";

const CLEAR = "\r\x1b[K";

function make() {
  const clock = new FakeClock();
  const output = new FakeOutput();
  return { clock, output, sink: new Sink(output, clock, sinkEvents().listener) };
}

const flow = (): Inflow => ({ format: plainFormat, isCut: false });

function lines(text: string): LineBlock {
  return { bytes: new TextEncoder().encode(text), piece: 0, ended: true };
}

function piece(text: string, number: number, ended: boolean): LineBlock {
  return { bytes: new TextEncoder().encode(text), piece: number, ended };
}

Deno.test("sink: without a lead everything is written as it is", async () => {
  const { clock, sink, output } = make();
  sink.say("tandem: one\n");
  await sink.take(lines("nginx | two\n"), flow());
  await clock.settle();

  assert.equal(output.text, "tandem: one\nnginx | two\n");
});

Deno.test("sink: with one, whatever begins a line clears away what was shown", async () => {
  const { clock, sink, output } = make();
  sink.lineStart = CLEAR;
  sink.show("waiting, 1 s");
  await sink.take(lines("nginx | one\nnginx | two\n"), flow());
  sink.show("waiting, 2 s");
  sink.say("tandem: ready\n");
  sink.lineStart = "";
  await sink.take(lines("nginx | three\n"), flow());
  await clock.settle();

  assert.equal(
    output.text,
    `${CLEAR}waiting, 1 s${CLEAR}nginx | one\nnginx | two\n` +
      `${CLEAR}waiting, 2 s${CLEAR}tandem: ready\nnginx | three\n`,
  );
});

Deno.test("sink: showing nothing clears away what was shown", async () => {
  const { clock, sink, output } = make();
  sink.lineStart = CLEAR;
  sink.show("waiting, 1 s");
  sink.show("");
  sink.lineStart = "";
  sink.say("tandem: ready\n");
  await clock.settle();

  assert.equal(output.text, `${CLEAR}waiting, 1 s${CLEAR}tandem: ready\n`);
});

Deno.test("sink: nothing is shown within one long line, and its pieces stay together", async () => {
  const { clock, sink, output } = make();
  const long = flow();
  sink.lineStart = CLEAR;
  await sink.take(piece("begin", 1, false), long);
  await clock.settle();
  assert.equal(sink.isIdle, false);
  sink.show("waiting, 1 s");
  sink.show("");
  await sink.take(piece(" and end", 2, true), long);
  await clock.settle();

  assert.equal(sink.isIdle, true);
  assert.equal(output.text, `${CLEAR}begin and end\n`);
});

Deno.test("sink: a line of tandem's own that cuts a long one stands below it, not over it", async () => {
  const { clock, sink, output } = make();
  sink.lineStart = CLEAR;
  await sink.take(piece("begin", 1, false), flow());
  sink.say("tandem: ready\n");
  await clock.settle();

  assert.equal(output.text, `${CLEAR}begin\ntandem: ready\n`);
});

Deno.test("sink: while its reader reads nothing it is not idle", async () => {
  const { clock, sink, output } = make();
  assert.equal(sink.isIdle, true);
  output.stall();
  sink.show("four");
  await clock.settle();
  assert.equal(sink.isIdle, false);
  output.resume();
  await clock.settle();
  assert.equal(sink.isIdle, true);
});
