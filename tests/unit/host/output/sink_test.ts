import assert from "node:assert/strict";
import * as fc from "fast-check";
import { plainFormat } from "../../../../lib/host/output/line_formats.ts";
import { LineSplitter } from "../../../../lib/host/output/line_splitter.ts";
import type { LineBlock } from "../../../../lib/host/output/lines.ts";
import {
  Sink,
  SINK_BUFFER_BYTES,
  type SinkInput,
  STALL_MS,
} from "../../../../lib/host/output/sink.ts";
import { FakeClock } from "../../support/fake_clock.ts";
import { FakeOutput, sinkEvents } from "./fake_output.ts";

const encoder = new TextEncoder();

Deno.test("sink: lines arrive in order, and small ones share a write", async () => {
  const { sink, output, clock, events } = make();
  output.stall();
  for (let number = 0; number < 100; number++) {
    await sink.input(plainFormat).take(line(`${number}\n`));
  }
  output.resume();
  await clock.settle();
  assert.equal(output.text, Array.from({ length: 100 }, (_, number) => `${number}\n`).join(""));
  assert.equal(output.writes, 2);
  assert.deepEqual(events, []);
});

Deno.test("sink: a reader that takes three bytes at a time gets every byte", async () => {
  const { sink, output, clock } = make();
  output.atMost = 3;
  await sink.input(plainFormat).take(line("one line\nand another\n"));
  await sink.flush(1000);
  await clock.settle();
  assert.equal(output.text, "one line\nand another\n");
});

Deno.test("sink: an input waits only while the buffer is full, and for one second at most", async () => {
  const { sink, output, clock } = make();
  output.stall();
  await fill(sink.input(plainFormat));
  let taken = false;
  const late = sink.input(plainFormat).take(line("late\n")).then(() => taken = true);
  await clock.advance(STALL_MS - 1);
  assert.equal(taken, false);
  await clock.advance(1);
  assert.equal(taken, true);
  await late;
});

Deno.test("sink: after a stall lines are dropped without waiting, and reported once the reader resumes", async () => {
  const { sink, output, clock, events } = make();
  output.stall();
  await fill(sink.input(plainFormat));
  await clock.finish(sink.input(plainFormat).take(line("a\nb\nc\n")));
  const begin = clock.now();
  for (let count = 0; count < 1000; count++) await sink.input(plainFormat).take(line("d\n"));
  assert.equal(clock.now(), begin, "without waiting again");
  assert.deepEqual(events, []);
  output.resume();
  await clock.advance(100);
  assert.deepEqual(events, ["dropped 1003"]);
  await sink.input(plainFormat).take(line("after\n"));
  await clock.settle();
  assert.ok(output.text.endsWith("x\nafter\n"));
  assert.ok(!/[abcd]\n/.test(output.text));
});

Deno.test("sink: no line is lost if the reader resumes within a second", async () => {
  const { sink, output, clock, events } = make();
  output.stall();
  await fill(sink.input(plainFormat));
  const late = sink.input(plainFormat).take(line("late\n"));
  await clock.advance(STALL_MS - 10);
  output.resume();
  await clock.finish(late);
  await clock.settle();
  assert.ok(output.text.endsWith("late\n"));
  assert.deepEqual(events, []);
});

Deno.test("sink: with any stalls, every line either arrives whole and in order or is counted as dropped", async () => {
  const step = fc.oneof(
    fc.record({ from: fc.nat(2), lines: fc.integer({ min: 1, max: 60 }) }),
    fc.constantFrom("stall", "resume", "wait"),
  );
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 60 }), async (steps) => {
      const { sink, output, clock, counts } = make();
      const inputs = Array.from({ length: 3 }, () => sink.input(plainFormat));
      const pumps = inputs.map(() => Promise.resolve());
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
          pumps[from] = pumps[from]!.then(() => inputs[from]!.take(block));
        }
      }
      await clock.finish(Promise.all(pumps));
      output.resume();
      await clock.advance(1000);
      await sink.finish(1000);
      const arrived = output.text.split("\n").slice(0, -1);
      assert.equal(arrived.length + counts.dropped, number);
      assert.deepEqual(sink.counts, { relayed: arrived.length, dropped: counts.dropped });
      for (const [from, lines] of sent.entries()) {
        const own = arrived.filter((line) => line.startsWith(`${from} `));
        assert.deepEqual(own, lines.filter((line) => own.includes(line)), "whole and in order");
      }
    }),
    { numRuns: 50 },
  );
});

Deno.test("sink: a line in pieces counts once, and lines after the close count as dropped", async () => {
  const { sink, output, clock } = make();
  const input = sink.input(plainFormat);
  for (const piece of piecesOf("abcdefghij\n", 4)) await input.take(piece);
  await clock.settle();
  assert.deepEqual(sink.counts, { relayed: 1, dropped: 0 });
  output.stall();
  await input.take(line("one\n"));
  output.fail("EPIPE");
  await clock.settle();
  await input.take(line("two\nthree\n"));
  for (const piece of piecesOf("abcdefghij\n", 4)) await input.take(piece);
  assert.deepEqual(sink.counts, { relayed: 2, dropped: 3 });
});

Deno.test("sink: lines of another input wait for the end of a long line", async () => {
  const { sink, output, clock } = make();
  const [long, other] = [sink.input(plainFormat), sink.input(plainFormat)];
  const pieces = piecesOf("abcdefghij\n", 4);
  await long.take(pieces[0]!);
  const waiting = other.take(line("other\n"));
  await long.take(pieces[1]!);
  await long.take(pieces[2]!);
  await clock.finish(waiting);
  await clock.settle();
  assert.equal(output.text, "abcdefghij\nother\n");
  assert.equal(clock.now(), 0);
});

Deno.test("sink: an unfinished long line is cut by another input after a second, and by tandem's own line at once", async () => {
  const { sink, output, clock } = make();
  const [long, other] = [sink.input(plainFormat), sink.input(plainFormat)];
  const pieces = piecesOf("abcdefghij\n", 4);
  await long.take(pieces[0]!);
  await clock.finish(other.take(line("other\n")));
  await long.take(pieces[1]!);
  sink.say("tandem: own\n");
  await long.take(pieces[2]!);
  await clock.settle();
  assert.equal(output.text, "abcd\nother\nefgh\ntandem: own\nij\n");
});

Deno.test("sink: once a piece of a long line is dropped its other pieces are too, and count as one line", async () => {
  const { sink, output, clock, events } = make();
  const long = sink.input(plainFormat);
  const pieces = piecesOf("abcdefghijklmnop\n", 4);
  output.stall();
  await long.take(pieces[0]!);
  await fill(long);
  await clock.finish(long.take(pieces[1]!));
  output.resume();
  await clock.advance(100);
  await long.take(pieces[2]!);
  await long.take(pieces[3]!);
  await long.take(line("next\n"));
  await clock.settle();
  assert.deepEqual(events, ["dropped 1"]);
  assert.ok(output.text.startsWith("abcd"));
  assert.ok(output.text.endsWith("x\nnext\n"));
  assert.ok(!output.text.includes("ijkl"));
});

Deno.test("sink: a closed reader is reported once, and later lines are discarded without waiting", async () => {
  for (const code of ["EPIPE", "ECONNRESET", "EIO"]) {
    const { sink, output, clock, events } = make();
    output.stall();
    await fill(sink.input(plainFormat));
    const late = sink.input(plainFormat).take(line("late\n"));
    output.fail(code);
    await clock.finish(late);
    await sink.input(plainFormat).take(line("later\n"));
    sink.say("tandem: own\n");
    await sink.finish(1000);
    assert.deepEqual(events, [`closed ${code}`]);
    assert.equal(clock.liveTimers, 0);
  }
});

Deno.test("sink: a write that fails with a temporary error is tried again", async () => {
  for (const code of ["EAGAIN", "ENOSPC"]) {
    const { sink, output, clock, events } = make();
    output.failures = [code, code, code];
    await sink.input(plainFormat).take(line("patience\n"));
    await clock.advance(1000);
    assert.equal(output.text, "patience\n");
    assert.deepEqual(events, []);
  }
});

Deno.test("sink: tandem's own lines may exceed the buffer, up to twice its size", async () => {
  const { sink, output, clock, counts } = make();
  output.stall();
  await fill(sink.input(plainFormat));
  sink.say("tandem: own\n");
  for (let count = 0; count < 30; count++) sink.say(`${"y".repeat(100_000)}\n`);
  output.resume();
  await clock.settle();
  await sink.finish(1000);
  assert.ok(output.text.includes("x\ntandem: own\n"));
  assert.ok(output.text.length < 2.2 * SINK_BUFFER_BYTES);
  assert.ok(counts.dropped > 0);
});

Deno.test("sink: lines still unread after the time are reported as lost", async () => {
  const { sink, output, clock, events } = make();
  output.stall();
  await sink.input(plainFormat).take(line("a\nb\n"));
  await sink.input(plainFormat).take(line("c\n"));
  await clock.finish(sink.finish(1000));
  assert.equal(clock.now(), 1000);
  assert.deepEqual(events, ["lost 3"]);
});

Deno.test("sink: a small line is copied out of the buffer that it was read into", async () => {
  const { sink, output } = make();
  output.stall();
  await sink.input(plainFormat).take(line("first\n"));
  const buffer = new Uint8Array(64 * 1024);
  buffer.set(encoder.encode("kept\n"));
  await sink.input(plainFormat).take({ bytes: buffer.subarray(0, 5), piece: 0, ended: true });
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

function line(text: string): LineBlock {
  return { bytes: encoder.encode(text), piece: 0, ended: true };
}

/** Writes exactly as many bytes as the sink buffers. */
async function fill(input: SinkInput): Promise<void> {
  const block = line(`${"x".repeat(1023)}\n`);
  for (let kilobytes = 0; kilobytes < 1024; kilobytes++) await input.take(block);
}

function piecesOf(text: string, longest: number): LineBlock[] {
  const splitter = new LineSplitter(longest);
  return [...splitter.push(encoder.encode(text)), ...splitter.end()];
}
