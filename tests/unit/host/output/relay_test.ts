import assert from "node:assert/strict";
import * as fc from "fast-check";
import { plainFormat, prefixFormat } from "../../../../lib/host/output/line_formats.ts";
import type { ChildStream } from "../../../../lib/host/process/child.ts";
import { openRelay } from "../../../../lib/host/output/relay.ts";
import { Sink } from "../../../../lib/host/output/sink.ts";
import { FakeClock } from "../../support/fake_clock.ts";
import { FakeOutput, sinkEvents } from "./fake_output.ts";

const encoder = new TextEncoder();
const access: ChildStream = { child: "nginx", stream: "stdout" };
const prints: ChildStream = { child: "gunicorn", stream: "stdout" };
const errors: ChildStream = { child: "nginx", stream: "stderr" };

Deno.test("relay: each stream goes to its own output, including an unfinished last line", async () => {
  const { relay, clock, outputs } = make();
  relay.carry(streamOf(["acc", "ess\n"]), access);
  relay.carry(streamOf(["print", "\n"]), prints);
  relay.carry(streamOf(["error\n", "no end"]), errors);
  await clock.finish(relay.finish(1000));
  assert.deepEqual(outputs.stdout.text.split("\n").sort(), ["", "access", "print"]);
  assert.equal(outputs.stderr.text, "error\nno end\n");
  assert.ok(clock.now() < 100);
});

Deno.test("relay: lines of two streams in one output stay whole, and each stream keeps its order", async () => {
  const chunks = fc.array(fc.string({ unit: fc.constantFrom("a", "b", "\n"), minLength: 1 }));
  await fc.assert(fc.asyncProperty(chunks, chunks, async (first, second) => {
    const { relay, clock, outputs } = make((source) => prefixFormat(source, false));
    relay.carry(streamOf(first), access);
    relay.carry(streamOf(second), prints);
    await clock.finish(relay.finish(1000));
    const lines = outputs.stdout.text.split("\n").slice(0, -1);
    for (const [name, chunks] of [["nginx    | ", first], ["gunicorn | ", second]] as const) {
      const own = lines.filter((line) => line.startsWith(name));
      assert.equal(
        own.map((line) => `${line.slice(name.length)}\n`).join(""),
        chunks.join("").replace(/[^\n]$/, "$&\n"),
      );
    }
    assert.ok(lines.every((line) => /^(nginx {3}|gunicorn) \| /.test(line)));
  }));
});

Deno.test("relay: it keeps reading while the reader of its output is stalled", async () => {
  const { relay, clock, outputs, counts } = make();
  outputs.stdout.stall();
  const lines = 5000;
  const text = `${"x".repeat(999)}\n`;
  relay.carry(streamOf(Array.from({ length: lines }, () => text)), access);
  await clock.advance(10_000);
  outputs.stdout.resume();
  await clock.finish(relay.finish(1000));
  const arrived = outputs.stdout.text.split("\n").length - 1;
  assert.equal(arrived + counts.dropped, lines);
  assert.ok(counts.dropped > 0);
});

Deno.test("relay: if an orphan keeps the pipe open, it finishes after the time and passes the unfinished line on", async () => {
  const { relay, clock, outputs } = make();
  relay.carry(openStream("held by an orphan"), access);
  await clock.finish(relay.finish(1000));
  assert.equal(clock.now(), 1000);
  assert.equal(outputs.stdout.text, "held by an orphan\n");
});

Deno.test("relay: the first line is passed on at once, and it then reads at most every 2 ms", async () => {
  const { relay, clock, outputs } = make();
  let read = 0;
  const stream = new ReadableStream<Uint8Array>({
    pull(controller) {
      read++;
      controller.enqueue(encoder.encode("a line\n"));
    },
  }, { highWaterMark: 0 });
  relay.carry(stream, access);
  await clock.settle();
  assert.equal(outputs.stdout.text, "a line\n");
  await clock.advance(99);
  assert.ok(read <= 51, `${read} reads in 0.1 s`);
});

Deno.test("relay: a read error counts as the end of the stream", async () => {
  const { relay, clock, outputs } = make();
  const broken = new ReadableStream<Uint8Array>({
    pull(controller) {
      controller.error(new Error("no more"));
    },
  });
  relay.carry(broken, access);
  relay.carry(streamOf(["fine\n"]), errors);
  await clock.finish(relay.finish(1000));
  assert.equal(outputs.stderr.text, "fine\n");
});

function make(formatFor = (_: ChildStream) => plainFormat) {
  const clock = new FakeClock();
  const outputs = { stdout: new FakeOutput(), stderr: new FakeOutput() };
  const { events, counts, listener } = sinkEvents();
  const sinks = {
    stdout: new Sink(outputs.stdout, clock, listener),
    stderr: new Sink(outputs.stderr, clock, listener),
  };
  return { clock, outputs, events, counts, relay: openRelay(sinks, formatFor, clock) };
}

function streamOf(chunks: string[]): ReadableStream<Uint8Array> {
  return ReadableStream.from(chunks.map((chunk) => encoder.encode(chunk)));
}

function openStream(text: string): ReadableStream<Uint8Array> {
  return new ReadableStream({ start: (controller) => controller.enqueue(encoder.encode(text)) });
}
