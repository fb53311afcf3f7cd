import assert from "node:assert/strict";
import { plainFormat } from "../../../../lib/host/output/line_formats.ts";
import type { LineBlock } from "../../../../lib/host/output/lines.ts";
import { Sink } from "../../../../lib/host/output/sink.ts";
import { FakeClock } from "../../support/fake_clock.ts";
import { FakeOutput, sinkEvents } from "./fake_output.ts";

const CLEAR = "\r\x1b[K";

function make() {
  const clock = new FakeClock();
  const output = new FakeOutput();
  return { clock, output, sink: new Sink(output, clock, sinkEvents().listener) };
}

function lines(text: string): LineBlock {
  return { bytes: new TextEncoder().encode(text), piece: 0, ended: true };
}

function piece(text: string, number: number, ended: boolean): LineBlock {
  return { bytes: new TextEncoder().encode(text), piece: number, ended };
}

Deno.test("sink: without a line start everything is written unchanged", async () => {
  const { clock, sink, output } = make();
  sink.say("tandem: one\n");
  await sink.input(plainFormat).take(lines("nginx | two\n"));
  await clock.settle();

  assert.equal(output.text, "tandem: one\nnginx | two\n");
});

Deno.test("sink: every new line, of an input or of tandem, begins with the line start", async () => {
  const { clock, sink, output } = make();
  sink.lineStart = CLEAR;
  sink.show("waiting, 1 s");
  await sink.input(plainFormat).take(lines("nginx | one\nnginx | two\n"));
  sink.show("waiting, 2 s");
  sink.say("tandem: ready\n");
  sink.lineStart = "";
  await sink.input(plainFormat).take(lines("nginx | three\n"));
  await clock.settle();

  assert.equal(
    output.text,
    `${CLEAR}waiting, 1 s${CLEAR}nginx | one\nnginx | two\n` +
      `${CLEAR}waiting, 2 s${CLEAR}tandem: ready\nnginx | three\n`,
  );
});

Deno.test("sink: showing an empty text clears the text shown before", async () => {
  const { clock, sink, output } = make();
  sink.lineStart = CLEAR;
  sink.show("waiting, 1 s");
  sink.show("");
  sink.lineStart = "";
  sink.say("tandem: ready\n");
  await clock.settle();

  assert.equal(output.text, `${CLEAR}waiting, 1 s${CLEAR}tandem: ready\n`);
});

Deno.test("sink: nothing is shown within a long line, so its pieces stay together", async () => {
  const { clock, sink, output } = make();
  const long = sink.input(plainFormat);
  sink.lineStart = CLEAR;
  await long.take(piece("begin", 1, false));
  await clock.settle();
  assert.equal(sink.isIdle, false);
  sink.show("waiting, 1 s");
  sink.show("");
  await long.take(piece(" and end", 2, true));
  await clock.settle();

  assert.equal(sink.isIdle, true);
  assert.equal(output.text, `${CLEAR}begin and end\n`);
});

Deno.test("sink: a line of tandem's that cuts a long line begins below it and does not clear it", async () => {
  const { clock, sink, output } = make();
  sink.lineStart = CLEAR;
  await sink.input(plainFormat).take(piece("begin", 1, false));
  sink.say("tandem: ready\n");
  await clock.settle();

  assert.equal(output.text, `${CLEAR}begin\ntandem: ready\n`);
});

Deno.test("sink: it is not idle while its reader is stalled", async () => {
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
