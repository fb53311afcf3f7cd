import assert from "node:assert/strict";
import * as fc from "fast-check";
import {
  jsonFormat,
  levelOf,
  type LineFormat,
  plainFormat,
  prefixFormat,
} from "../../../../lib/host/output/line_formats.ts";
import type { ChildStream } from "../../../../lib/host/process/child.ts";
import { LineSplitter } from "../../../../lib/host/output/line_splitter.ts";
import { concatBytes, type LineBlock } from "../../../../lib/host/output/lines.ts";

const encoder = new TextEncoder();
const decoder = new TextDecoder("utf-8", { ignoreBOM: true });
const source: ChildStream = { child: "gunicorn", stream: "stderr" };
const json = jsonFormat(source, () => Date.UTC(2026, 0, 31));

const bytes = fc.array(fc.oneof(fc.constant(10), fc.nat(255)), { maxLength: 200 })
  .map((values) => Uint8Array.from(values));

Deno.test("json: any bytes become one valid object per line", () => {
  fc.assert(fc.property(bytes, fc.integer({ min: 1, max: 30 }), (bytes, longest) => {
    const text = decoder.decode(formatted(json, bytes, longest));
    assert.ok(text === "" || text.endsWith("\n"));
    for (const line of text.split("\n").slice(0, -1)) {
      const object = JSON.parse(line);
      assert.equal(object.time, "2026-01-31T00:00:00.000Z");
      assert.equal(object.source, "gunicorn");
      assert.equal(object.stream, "stderr");
      assert.equal(typeof object.message, "string");
    }
  }));
});

Deno.test("json: the messages equal the lines, with any characters", () => {
  const line = fc.string({ unit: "binary" }).filter((text) => !text.includes("\n"));
  fc.assert(fc.property(fc.array(line), (lines) => {
    const wellFormed = lines.map((text) => decoder.decode(encoder.encode(text)));
    const input = encoder.encode(wellFormed.map((text) => `${text}\n`).join(""));
    assert.deepEqual(objects(json, input).map(({ message }) => message), wellFormed);
  }));
});

Deno.test("json: invalid UTF-8, NUL, ANSI sequences, a byte order mark and a missing newline", () => {
  const input = concatBytes([
    Uint8Array.of(0xff, 0x61, 0xc3, 10),
    encoder.encode('\0 \x1b[31mred\x1b[0m \\n "quoted" \u2028\n'),
    encoder.encode("\uFEFFmark\n\r\n\nno end"),
  ]);
  assert.deepEqual(objects(json, input).map(({ message }) => message), [
    "\uFFFDa\uFFFD",
    '\0 \x1b[31mred\x1b[0m \\n "quoted" \u2028',
    "\uFEFFmark",
    "\r",
    "",
    "no end",
  ]);
});

Deno.test("json: a line too long becomes numbered pieces, each with the line's level", () => {
  const line = "2026/01/31 23:59:59 [error] 7#7: ".padEnd(95, "é");
  const pieces = objects(json, encoder.encode(`before\n${line}\nafter\n`), 64);
  assert.deepEqual(pieces.map(({ piece, last }) => [piece, last]), [
    [undefined, undefined],
    [1, false],
    [2, false],
    [3, true],
    [undefined, undefined],
  ]);
  assert.equal(pieces.slice(1, -1).map(({ message }) => message).join(""), line);
  assert.ok(pieces.slice(1, -1).every(({ level }) => level === "error"));
});

Deno.test("json: a line of ten megabytes becomes ten pieces", () => {
  const line = "0123456789".repeat(1024 * 1024);
  const pieces = objects(json, encoder.encode(`${line}\n`), undefined);
  assert.equal(pieces.length, 10);
  assert.equal(pieces.map(({ message }) => message).join(""), line);
});

Deno.test("json: levels of nginx and gunicorn are recognised, access lines have none", () => {
  const levels = {
    "2026/01/31 23:59:59 [emerg] 1#1: bind() failed": "emerg",
    "2026/01/31 23:59:59 [warn] 1#1: *1 buffered": "warning",
    "2026/01/31 23:59:59 [notice] 1#1: start": "notice",
    "[2026-01-31 23:59:59 +0000] [7] [INFO] Booting worker": "info",
    "[2026-01-31 23:59:59 -0330] [7] [WARNING] slow": "warning",
    "[2026-01-31 23:59:59 +0000] [7] [CRITICAL] WORKER TIMEOUT": "critical",
  };
  for (const [line, level] of Object.entries(levels)) {
    assert.equal(levelOf(line), level);
    assert.equal(objects(json, encoder.encode(line))[0]!.level, level);
  }
  const access = '1.2.3.4 - - [31/Jan/2026:23:59:59 +0000] "GET /[error] HTTP/1.1" 200 0 "-" "-"';
  for (const line of [access, "", "[error]", " 2026/01/31 23:59:59 [error] 1#1: x"]) {
    assert.equal(levelOf(line), undefined);
  }
});

Deno.test("prefix: every line gets the name in front and stays complete", () => {
  const prefix = prefixFormat(source, false);
  fc.assert(fc.property(bytes, (bytes) => {
    const lines = decodeLatin1(formatted(prefix, bytes)).split("\n").slice(0, -1);
    assert.ok(lines.every((line) => line.startsWith("gunicorn | ")));
    const text = decodeLatin1(bytes);
    const expected = text === "" || text.endsWith("\n") ? text : `${text}\n`;
    assert.equal(lines.map((line) => `${line.slice("gunicorn | ".length)}\n`).join(""), expected);
  }));
});

Deno.test("prefix: names are padded to one width, and coloured on request", () => {
  const line = encoder.encode("hello\n");
  const text = (child: ChildStream["child"], colour: boolean) =>
    decoder.decode(formatted(prefixFormat({ child, stream: "stdout" }, colour), line));
  assert.equal(text("nginx", false), "nginx    | hello\n");
  assert.equal(text("gunicorn", false), "gunicorn | hello\n");
  assert.equal(text("nginx", true), "\x1b[32mnginx    |\x1b[0m hello\n");
  assert.equal(text("gunicorn", true), "\x1b[36mgunicorn |\x1b[0m hello\n");
});

Deno.test("prefix and plain: the pieces of a line that nothing interrupts form one line", () => {
  const line = `${"x".repeat(100)}\n`;
  assert.equal(decoder.decode(formatted(plainFormat, encoder.encode(line), 30)), line);
  const prefix = prefixFormat(source, false);
  assert.equal(decoder.decode(formatted(prefix, encoder.encode(line), 30)), `gunicorn | ${line}`);
});

Deno.test("plain: any bytes pass unchanged, with a newline added at the end if missing", () => {
  fc.assert(fc.property(bytes, fc.integer({ min: 1, max: 30 }), (bytes, longest) => {
    const text = decodeLatin1(bytes);
    const expected = text === "" || text.endsWith("\n") ? text : `${text}\n`;
    assert.equal(decodeLatin1(formatted(plainFormat, bytes, longest)), expected);
  }));
});

function formatted(format: LineFormat, bytes: Uint8Array, longest?: number): Uint8Array {
  const splitter = new LineSplitter(longest);
  const blocks: LineBlock[] = [...splitter.push(bytes), ...splitter.end()];
  return concatBytes(blocks.map((block) => format(block, block.piece > 1)));
}

function objects(format: LineFormat, bytes: Uint8Array, longest?: number) {
  return decoder.decode(formatted(format, bytes, longest)).split("\n").slice(0, -1)
    .map((line) => JSON.parse(line));
}

/** One character per byte, so invalid UTF-8 stays visible. */
function decodeLatin1(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => String.fromCharCode(byte)).join("");
}
