import assert from "node:assert/strict";
import * as fc from "fast-check";
import { plainFormat } from "../../../../lib/host/output/line_formats.ts";
import { LineSplitter } from "../../../../lib/host/output/line_splitter.ts";
import type { LineBlock } from "../../../../lib/host/output/lines.ts";
import {
  type Inflow,
  Sink,
  SINK_BUFFER_BYTES,
  STALL_MS,
} from "../../../../lib/host/output/sink.ts";
import { FakeClock } from "../../support/fake_clock.ts";
import { FakeOutput, sinkEvents } from "./fake_output.ts";

const encoder = new TextEncoder();

Deno.test("sink: lines arrive in order, small ones in few writes", async () => {
  const { sink, output, clock, events } = make();
  output.stall();
  for (let number = 0; number < 100; number++) await sink.take(line(`${number}\n`), flow());
  output.resume();
  await clock.settle();
  assert.equal(output.text, Array.from({ length: 100 }, (_, number) => `${number}\n`).join(""));
  assert.equal(output.writes, 2);
  assert.deepEqual(events, []);
});

Deno.test("sink: a reader that takes a little at a time gets every byte", async () => {
  const { sink, output, clock } = make();
  output.atMost = 3;
  await sink.take(line("one line\nand another\n"), flow());
  await sink.flush(1000);
  await clock.settle();
  assert.equal(output.text, "one line\nand another\n");
});

Deno.test("sink: nobody waits while there is room, and a full one holds up for a moment only", async () => {
  const { sink, output, clock } = make();
  output.stall();
  await fill(sink);
  let taken = false;
  const late = sink.take(line("late\n"), flow()).then(() => taken = true);
  await clock.advance(STALL_MS - 1);
  assert.equal(taken, false);
  await clock.advance(1);
  assert.equal(taken, true);
  await late;
});

Deno.test("sink: what comes to a stalled one is dropped at once, counted, and told when it moves", async () => {
  const { sink, output, clock, events } = make();
  output.stall();
  await fill(sink);
  await clock.finish(sink.take(line("a\nb\nc\n"), flow()));
  const begin = clock.now();
  for (let count = 0; count < 1000; count++) await sink.take(line("d\n"), flow());
  assert.equal(clock.now(), begin, "without waiting again");
  assert.deepEqual(events, []);
  output.resume();
  await clock.advance(100);
  assert.deepEqual(events, ["dropped 1003"]);
  await sink.take(line("after\n"), flow());
  await clock.settle();
  assert.ok(output.text.endsWith("x\nafter\n"));
  assert.ok(!/[abcd]\n/.test(output.text));
});

Deno.test("sink: a reader that reads in time costs no line", async () => {
  const { sink, output, clock, events } = make();
  output.stall();
  await fill(sink);
  const late = sink.take(line("late\n"), flow());
  await clock.advance(STALL_MS - 10);
  output.resume();
  await clock.finish(late);
  await clock.settle();
  assert.ok(output.text.endsWith("late\n"));
  assert.deepEqual(events, []);
});

Deno.test("sink: whatever stalls and comes, arrived and dropped lines make up all lines, and none is torn", async () => {
  const step = fc.oneof(
    fc.record({ from: fc.nat(2), lines: fc.integer({ min: 1, max: 60 }) }),
    fc.constantFrom("stall", "resume", "wait"),
  );
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 60 }), async (steps) => {
      const { sink, output, clock, counts } = make();
      const flows = [flow(), flow(), flow()];
      const pumps = flows.map(() => Promise.resolve());
      const sent: string[][] = [[], [], []];
      let number = 0;
      for (const step of steps) {
        if (step === "stall") output.stall();
        else if (step === "resume") output.resume();
        else if (step === "wait") await clock.advance(STALL_MS / 2);
        else {
          const { from, lines } = step;
          const texts = Array.from(
            { length: lines },
            () => `${from} ${number++}`.padEnd(5000, "."),
          );
          sent[from]!.push(...texts);
          const block = line(texts.map((text) => `${text}\n`).join(""));
          pumps[from] = pumps[from]!.then(() => sink.take(block, flows[from]!));
        }
      }
      await clock.finish(Promise.all(pumps));
      output.resume();
      await clock.advance(1000);
      await sink.finish(1000);
      const arrived = output.text.split("\n").slice(0, -1);
      assert.equal(arrived.length + counts.dropped, number);
      for (const [from, lines] of sent.entries()) {
        const own = arrived.filter((line) => line.startsWith(`${from} `));
        assert.deepEqual(own, lines.filter((line) => own.includes(line)), "whole and in order");
      }
    }),
    { numRuns: 50 },
  );
});

Deno.test("sink: another stream's lines wait for the end of a long line", async () => {
  const { sink, output, clock } = make();
  const [long, other] = [flow(), flow()];
  const pieces = piecesOf("abcdefghij\n", 4);
  await sink.take(pieces[0]!, long);
  const waiting = sink.take(line("other\n"), other);
  await sink.take(pieces[1]!, long);
  await sink.take(pieces[2]!, long);
  await clock.finish(waiting);
  await clock.settle();
  assert.equal(output.text, "abcdefghij\nother\n");
  assert.equal(clock.now(), 0);
});

Deno.test("sink: a long line that does not go on is cut, for others' lines and for tandem's own", async () => {
  const { sink, output, clock } = make();
  const [long, other] = [flow(), flow()];
  const pieces = piecesOf("abcdefghij\n", 4);
  await sink.take(pieces[0]!, long);
  await clock.finish(sink.take(line("other\n"), other));
  await sink.take(pieces[1]!, long);
  sink.say("tandem: own\n");
  await sink.take(pieces[2]!, long);
  await clock.settle();
  assert.equal(output.text, "abcd\nother\nefgh\ntandem: own\nij\n");
});

Deno.test("sink: of a long line that lost a piece the rest goes too, and counts as one", async () => {
  const { sink, output, clock, events } = make();
  const long = flow();
  const pieces = piecesOf("abcdefghijklmnop\n", 4);
  output.stall();
  await sink.take(pieces[0]!, long);
  await fill(sink, long);
  await clock.finish(sink.take(pieces[1]!, long));
  output.resume();
  await clock.advance(100);
  await sink.take(pieces[2]!, long);
  await sink.take(pieces[3]!, long);
  await sink.take(line("next\n"), long);
  await clock.settle();
  assert.deepEqual(events, ["dropped 1"]);
  assert.ok(output.text.startsWith("abcd"));
  assert.ok(output.text.endsWith("x\nnext\n"));
  assert.ok(!output.text.includes("ijkl"));
});

Deno.test("sink: a reader that has gone away is told once, and everything else goes on", async () => {
  for (const code of ["EPIPE", "ECONNRESET", "EIO"]) {
    const { sink, output, clock, events } = make();
    output.stall();
    await fill(sink);
    const late = sink.take(line("late\n"), flow());
    output.fail(code);
    await clock.finish(late);
    await sink.take(line("later\n"), flow());
    sink.say("tandem: own\n");
    await sink.finish(1000);
    assert.deepEqual(events, [`closed ${code}`]);
    assert.equal(clock.liveTimers, 0);
  }
});

Deno.test("sink: an output that cannot be written to for a while is tried again", async () => {
  for (const code of ["EAGAIN", "ENOSPC"]) {
    const { sink, output, clock, events } = make();
    output.failures = [code, code, code];
    await sink.take(line("patience\n"), flow());
    await clock.advance(1000);
    assert.equal(output.text, "patience\n");
    assert.deepEqual(events, []);
  }
});

Deno.test("sink: tandem's own lines go beyond the limit, but not without end", async () => {
  const { sink, output, clock, counts } = make();
  output.stall();
  await fill(sink);
  sink.say("tandem: own\n");
  for (let count = 0; count < 30; count++) sink.say(`${"y".repeat(100_000)}\n`);
  output.resume();
  await clock.settle();
  await sink.finish(1000);
  assert.ok(output.text.includes("x\ntandem: own\n"));
  assert.ok(output.text.length < 2.2 * SINK_BUFFER_BYTES);
  assert.ok(counts.dropped > 0);
});

Deno.test("sink: what is unread at the end is given up after the time, and counted", async () => {
  const { sink, output, clock, events } = make();
  output.stall();
  await sink.take(line("a\nb\n"), flow());
  await sink.take(line("c\n"), flow());
  await clock.finish(sink.finish(1000));
  assert.equal(clock.now(), 1000);
  assert.deepEqual(events, ["lost 3"]);
});

Deno.test("sink: small lines do not keep the buffers they were read into", async () => {
  const { sink, output } = make();
  output.stall();
  await sink.take(line("first\n"), flow());
  const buffer = new Uint8Array(64 * 1024);
  buffer.set(encoder.encode("kept\n"));
  await sink.take({ bytes: buffer.subarray(0, 5), piece: 0, ended: true }, flow());
  buffer.fill(0);
  output.resume();
  await sink.flush(1000);
  assert.equal(output.text, "first\nkept\n");
});

function make() {
  const clock = new FakeClock();
  const output = new FakeOutput();
  const { events, counts, listener } = sinkEvents();
  return { clock, output, events, counts, sink: new Sink(output, clock, listener) };
}

function flow(): Inflow {
  return { format: plainFormat, isCut: false };
}

function line(text: string): LineBlock {
  return { bytes: encoder.encode(text), piece: 0, ended: true };
}

async function fill(sink: Sink, from = flow()): Promise<void> {
  const block = line(`${"x".repeat(1023)}\n`);
  const isInLine = from.isCut;
  for (let kilobytes = 0; kilobytes < 1024; kilobytes++) await sink.take(block, from);
  from.isCut = isInLine;
}

function piecesOf(text: string, longest: number): LineBlock[] {
  const splitter = new LineSplitter(longest);
  return [...splitter.push(encoder.encode(text)), ...splitter.end()];
}
