import assert from "node:assert/strict";
import * as fc from "fast-check";
import { LineSplitter } from "../../../../lib/host/output/line_splitter.ts";
import { concatBytes, countLines, type LineBlock } from "../../../../lib/host/output/lines.ts";

const encoder = new TextEncoder();
const decoder = new TextDecoder();

/** Any bytes, about half of them newlines. */
const stream = fc.array(fc.oneof(fc.constant(10), fc.nat(255)), { maxLength: 300 })
  .map((bytes) => Uint8Array.from(bytes));
const cuts = fc.array(fc.nat(300), { maxLength: 40 });
const longest = fc.integer({ min: 1, max: 40 });

Deno.test("line splitter: any bytes in any chunks come out complete and in order", () => {
  fc.assert(fc.property(stream, cuts, longest, (bytes, cuts, longest) => {
    const blocks = split(chunksOf(bytes, cuts), longest);
    assert.deepEqual(concatBytes(blocks.map(({ bytes }) => bytes)), bytes);
  }));
});

Deno.test("line splitter: chunks have no influence on where lines and pieces are cut", () => {
  fc.assert(fc.property(stream, cuts, longest, (bytes, cuts, longest) => {
    assert.deepEqual(lines(chunksOf(bytes, cuts), longest), lines([bytes], longest));
  }));
});

Deno.test("line splitter: lines up to the limit stay whole, longer ones become numbered pieces, the last one marked", () => {
  fc.assert(fc.property(stream, cuts, longest, (bytes, cuts, longest) => {
    const expected = linesOf(bytes).flatMap((line) => {
      const length = line.length - (line.at(-1) === 10 ? 1 : 0);
      return length > longest ? ["in pieces"] : ["whole"];
    });
    const seen = lines(chunksOf(bytes, cuts), longest)
      .filter(({ ended }) => ended)
      .map(({ piece }) => piece > 0 ? "in pieces" : "whole");
    assert.deepEqual(seen, expected);
    let pieces = 0;
    for (const block of split(chunksOf(bytes, cuts), longest)) {
      if (block.piece === 0) continue;
      assert.equal(block.piece, ++pieces);
      assert.ok(block.bytes.length > 0 && block.bytes.length <= longest + 1);
      if (block.ended) pieces = 0;
    }
  }));
});

Deno.test("line splitter: no piece ends within a character", () => {
  const text = fc.string({ unit: "grapheme", minLength: 1, maxLength: 60 });
  fc.assert(fc.property(text, cuts, fc.integer({ min: 4, max: 20 }), (text, cuts, longest) => {
    for (const { bytes } of split(chunksOf(encoder.encode(text), cuts), longest)) {
      assert.deepEqual(encoder.encode(decodeWhole(bytes)), bytes, "valid UTF-8");
    }
  }));
});

Deno.test("line splitter: whole lines pass at once, and only an unfinished line is held", () => {
  const splitter = new LineSplitter();
  assert.deepEqual(texts(splitter.push(encoder.encode("a\nb\nc"))), ["a\nb\n"]);
  assert.deepEqual(texts(splitter.push(encoder.encode("d"))), []);
  assert.deepEqual(texts(splitter.push(encoder.encode("e\nf"))), ["cde\n"]);
  assert.deepEqual(splitter.end(), [{ bytes: encoder.encode("f"), piece: 0, ended: true }]);
  assert.deepEqual(splitter.end(), []);
});

Deno.test("line splitter: a line of exactly the limit stays whole", () => {
  assert.deepEqual(lines([encoder.encode("abcd\nabcde\n")], 4), [
    { bytes: encoder.encode("abcd\n"), piece: 0, ended: true },
    { bytes: encoder.encode("abcd"), piece: 1, ended: false },
    { bytes: encoder.encode("e\n"), piece: 2, ended: true },
  ]);
});

Deno.test("line splitter: what it holds does not change with the chunk it came from", () => {
  const splitter = new LineSplitter();
  const chunk = encoder.encode("held");
  splitter.push(chunk);
  chunk.fill(0);
  assert.deepEqual(texts(splitter.end()), ["held"]);
});

Deno.test("line splitter: a megabyte that arrives byte by byte takes less than 64 MB", () => {
  // In a process of its own: other tests run in this one at the same time.
  const module = new URL("../../../../lib/host/output/line_splitter.ts", import.meta.url);
  const script = `
    const { LineSplitter } = await import("${module}");
    const splitter = new LineSplitter();
    const byte = new TextEncoder().encode("x");
    const before = Deno.memoryUsage().rss;
    for (let count = 0; count < 1024 * 1024; count++) splitter.push(byte);
    const more = Deno.memoryUsage().rss - before;
    console.log(JSON.stringify({ more, held: splitter.end()[0].bytes.length }));`;
  const args = ["eval", "--no-lock", script];
  const { stdout } = new Deno.Command(Deno.execPath(), { args, stderr: "inherit" }).outputSync();
  const { more, held } = JSON.parse(new TextDecoder().decode(stdout));
  assert.ok(more < 64 * 1024 * 1024, `${more} bytes more`);
  assert.equal(held, 1024 * 1024);
});

Deno.test("lines: the last line counts without a newline too", () => {
  for (const [text, count] of [["", 0], ["\n", 1], ["a", 1], ["a\n", 1], ["a\n\nb", 3]] as const) {
    assert.equal(countLines(encoder.encode(text)), count, JSON.stringify(text));
  }
});

function split(chunks: Uint8Array[], longest: number): LineBlock[] {
  const splitter = new LineSplitter(longest);
  return [...chunks.flatMap((chunk) => splitter.push(chunk)), ...splitter.end()];
}

/** Like `split`, with one block per line or piece. */
function lines(chunks: Uint8Array[], longest: number): LineBlock[] {
  return split(chunks, longest).flatMap((block) =>
    block.piece > 0 ? [block] : linesOf(block.bytes).map((bytes) => ({ ...block, bytes }))
  );
}

function linesOf(bytes: Uint8Array): Uint8Array[] {
  const found: Uint8Array[] = [];
  for (let at = 0; at < bytes.length;) {
    const newline = bytes.indexOf(10, at);
    const end = newline < 0 ? bytes.length : newline + 1;
    found.push(bytes.slice(at, end));
    at = end;
  }
  return found;
}

function chunksOf(bytes: Uint8Array, cuts: number[]): Uint8Array[] {
  const places = [0, ...cuts.map((cut) => Math.min(cut, bytes.length)), bytes.length]
    .sort((a, b) => a - b);
  return places.slice(1).map((end, index) => bytes.slice(places[index], end));
}

function texts(blocks: LineBlock[]): string[] {
  return blocks.map(({ bytes }) => decoder.decode(bytes));
}

function decodeWhole(bytes: Uint8Array): string {
  return new TextDecoder("utf-8", { ignoreBOM: true }).decode(bytes);
}
