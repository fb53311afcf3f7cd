import assert from "node:assert/strict";
import * as fc from "fast-check";
import type { LineBlock } from "../../../../lib/host/output/lines.ts";
import { LONGEST_TRACEBACK, TracebackJoiner } from "../../../../lib/host/output/tracebacks.ts";

const START = "Traceback (most recent call last):\n";
const BODY = '  File "/app/wsgi.py", line 3, in app\n    1 / 0\n    ~~^~~\n';
const END = "ZeroDivisionError: division by zero\n";
const SIMPLE = START + BODY + END;
const LOG = "[2026-01-31 23:59:59 +0000] [7] [ERROR] Exception in worker process\n";

const encoder = new TextEncoder();
const decoder = new TextDecoder();
const blockOf = (text: string): LineBlock => ({
  bytes: encoder.encode(text),
  piece: 0,
  ended: true,
});

/** The blocks of these chunks of whole lines; a record is in angle brackets. */
function join(...chunks: string[]): string[] {
  const joiner = new TracebackJoiner();
  const blocks = [...chunks.flatMap((chunk) => joiner.push(blockOf(chunk))), ...joiner.flush()];
  return blocks.map(({ bytes, isRecord }) => {
    const text = decoder.decode(bytes);
    return isRecord ? `<${text}>` : text;
  });
}

Deno.test("tracebacks: one is a record, and the lines around it are passed on in order", () => {
  assert.deepEqual(join(`${LOG}${SIMPLE}${LOG}more\n`), [LOG, `<${SIMPLE}>`, `${LOG}more\n`]);
});

Deno.test("tracebacks: one in several chunks is one record", () => {
  const lines = SIMPLE.split(/(?<=\n)/);
  assert.deepEqual(join(...lines, LOG), [`<${SIMPLE}>`, LOG]);
});

Deno.test("tracebacks: an exception with its cause is one record", () => {
  const link = "\nDuring handling of the above exception, another exception occurred:\n\n";
  assert.deepEqual(join(SIMPLE + link + SIMPLE, LOG), [`<${SIMPLE}${link}${SIMPLE}>`, LOG]);
  assert.deepEqual(join(`${SIMPLE}\n`, `other\n`), [`<${SIMPLE}>`, "\n", "other\n"]);
});

Deno.test("tracebacks: an exception group is one record", () => {
  const group = "  + Exception Group Traceback (most recent call last):\n" +
    '  |   File "x.py", line 1, in <module>\n  | ExceptionGroup: two (1 sub-exception)\n' +
    "  +-+---------------- 1 ----------------\n    | ValueError: 1\n    +---------------\n";
  assert.deepEqual(join(group + LOG), [`<${group}>`, LOG]);
});

Deno.test("tracebacks: the line of another process ends one", () => {
  assert.deepEqual(join(START + BODY + LOG), [`<${START}${BODY}>`, LOG]);
});

Deno.test("tracebacks: ordinary lines are not held", () => {
  const joiner = new TracebackJoiner();
  const block = blockOf("  indented\nValueError: no\n\n");
  assert.deepEqual(joiner.push(block), [block]);
  assert.equal(joiner.isHolding, false);
});

Deno.test("tracebacks: an endless one becomes records of a bounded size", () => {
  const body = BODY.repeat(3000);
  const records = join(START + body + END);
  assert.ok(records.length > 1);
  assert.ok(records[0]!.length < LONGEST_TRACEBACK + 100);
  assert.equal(records.map((text) => text.replace(/^<|>$/g, "")).join(""), START + body + END);
});

Deno.test("tracebacks: no line is lost or moved", () => {
  const line = fc.constantFrom(START, "  a\n", END, "\n", LOG, "Traceback\n", "é\n", BODY);
  const chunk = fc.array(line, { minLength: 1 }).map((lines) => lines.join(""));
  fc.assert(fc.property(fc.array(chunk), (chunks) => {
    const joined = join(...chunks).map((text) => text.replace(/^<([^]*)>$/, "$1"));
    assert.equal(joined.join(""), chunks.join(""));
  }));
});
