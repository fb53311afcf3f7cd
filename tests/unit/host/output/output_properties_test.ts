/** Whatever bytes the children write and however they are cut into chunks: the same lines, none lost, none too long. */

import assert from "node:assert/strict";
import fc from "fast-check";
import { LineSplitter, LONGEST_LINE } from "../../../../lib/host/output/line_splitter.ts";
import { concatBytes, includesText, type LineBlock } from "../../../../lib/host/output/lines.ts";
import { levelOf } from "../../../../lib/host/output/line_formats.ts";
import { LONGEST_TRACEBACK, TracebackJoiner } from "../../../../lib/host/output/tracebacks.ts";
import { parseWorkerDeath } from "../../../../lib/supervise/worker_deaths.ts";
import { property } from "../../support/cases.ts";
import { noise } from "../../support/noise.ts";

const encoder = new TextEncoder();
const texts = fc.constantFrom(
  ...["Traceback (most recent call last):\n", '  File "x.py", line 3\n', "ValueError: no\n", "\n"],
  "  + Exception Group Traceback (most recent call last):\n",
  "The above exception was the direct cause of the following exception:\n",
  ...[
    "Traceback",
    "[2026-01-31 23:59:59 +0000] [7] [ERROR] x\n",
    "é💥",
    "\r\n",
    "a",
    "\0",
    "x".repeat(70),
  ],
).map((text) => encoder.encode(text));

/** Lines, pieces of tracebacks and any bytes. */
const stream = fc.array(fc.oneof(texts, fc.uint8Array({ maxLength: 20 })), { maxLength: 40 })
  .map(concatBytes);
const cuts = fc.array(fc.nat(2000), { maxLength: 30 });

function chunksOf(bytes: Uint8Array, cuts: number[]): Uint8Array[] {
  const places = [0, ...cuts.map((cut) => Math.min(cut, bytes.length)), bytes.length]
    .sort((a, b) => a - b);
  return places.slice(1).map((end, index) => bytes.slice(places[index], end));
}

function split(chunks: Uint8Array[], longest: number): LineBlock[] {
  const splitter = new LineSplitter(longest);
  return [...chunks.flatMap((chunk) => splitter.push(chunk)), ...splitter.end()];
}

function join(blocks: LineBlock[]): LineBlock[] {
  const joiner = new TracebackJoiner();
  return [...blocks.flatMap((block) => joiner.push(block)), ...joiner.flush()];
}

/** Each line or piece as text, with its number. */
function linesOf(blocks: LineBlock[]): string[] {
  return blocks.flatMap(({ bytes, piece, ended }) => {
    const text = Array.from(bytes, (byte) => String.fromCharCode(byte)).join("");
    return piece > 0 ? [`${piece} ${ended} ${text}`] : text.split(/(?<=\n)/);
  });
}

property("output properties: cut anywhere, the same lines come out, and every byte once", [
  stream,
  cuts,
  fc.integer({ min: 4, max: 100 }),
], (bytes, cuts, longest) => {
  const blocks = split(chunksOf(bytes, cuts), longest);
  assert.deepEqual(concatBytes(blocks.map(({ bytes }) => bytes)), bytes);
  assert.deepEqual(linesOf(blocks), linesOf(split([bytes], longest)));
  for (const line of linesOf(blocks.filter(({ piece }) => piece === 0))) {
    assert.ok(line.replace(/\n$/, "").length <= longest, `a line of ${line.length}`);
  }
});

property("output properties: tracebacks join the same lines, wherever the stream is cut", [
  stream,
  cuts,
], (bytes, cuts) => {
  const records = (blocks: LineBlock[]) =>
    join(blocks).filter(({ isRecord }) => isRecord).map(({ bytes }) => bytes);
  const blocks = split(chunksOf(bytes, cuts), 200);
  const joined = join(blocks);
  assert.deepEqual(concatBytes(joined.map(({ bytes }) => bytes)), bytes);
  assert.deepEqual(linesOf(joined), linesOf(blocks));
  assert.deepEqual(records(blocks), records(split([bytes], 200)));
});

property("output properties: no line is longer than 1 MiB, no traceback than its bound", [
  fc.integer({ min: LONGEST_LINE - 3, max: 2 * LONGEST_LINE + 3 }),
  fc.array(fc.nat(3 * LONGEST_LINE), { maxLength: 8 }),
  fc.boolean(),
], (length, cuts, isTraceback) => {
  const start = isTraceback ? "Traceback (most recent call last):\n  " : "";
  const bytes = encoder.encode(start + "x ".repeat(length / 2) + "\n" + "  y\n".repeat(30_000));
  const blocks = join(split(chunksOf(bytes, cuts), LONGEST_LINE));
  assert.equal(blocks.reduce((sum, { bytes }) => sum + bytes.length, 0), bytes.length);
  for (const { bytes, piece, isRecord } of blocks) {
    if (piece > 0) assert.ok(bytes.length <= LONGEST_LINE + 1);
    if (isRecord) assert.ok(bytes.length <= LONGEST_TRACEBACK + LONGEST_LINE + 1);
  }
}, { cost: 100 });

property("output properties: a text is found in bytes as in a string", [
  stream,
  fc.constantFrom("Traceback", "Worker ", "xx", "ValueError: no"),
], (bytes, text) => {
  const whole = Array.from(bytes, (byte) => String.fromCharCode(byte)).join("");
  assert.equal(includesText(bytes, text), whole.includes(text));
});

property("output properties: any line has a level and a worker's death, or none", [
  fc.oneof(
    noise,
    fc.stringMatching(/^.{0,9}Worker \(pid:\d{1,9}\) (was sent SIG|exited with code )\w{0,5}!?$/),
  ),
], (line) => {
  assert.match(levelOf(line) ?? "none", /^\w+$/);
  const death = parseWorkerDeath(line);
  if (death) assert.ok(death.pid >= 0 && (death.signal ?? death.status ?? death.reason));
});
