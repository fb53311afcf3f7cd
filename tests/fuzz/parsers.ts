// What the fuzz targets in targets/ call in the engine: readers of bytes from outside, and what they promise.

import { cgroupFolders } from "../../lib/host/machine/cgroups.ts";
import { quotaOf } from "../../lib/host/machine/cpus.ts";
import { killsOf, limitOf } from "../../lib/host/machine/memory.ts";
import { getStatus } from "../../lib/host/net/http.ts";
import { parseTcpSockets, parseUnixSockets } from "../../lib/host/net/socket_tables.ts";
import {
  jsonFormat,
  type LineFormat,
  plainFormat,
  prefixFormat,
} from "../../lib/host/output/line_formats.ts";
import { LineSplitter } from "../../lib/host/output/line_splitter.ts";
import {
  concatBytes,
  countLines,
  endsWithNewline,
  type LineBlock,
} from "../../lib/host/output/lines.ts";
import { TracebackJoiner } from "../../lib/host/output/tracebacks.ts";
import { parseStat } from "../../lib/host/process/stat.ts";
import { parseState } from "../../lib/host/state/schema.ts";
import { DirectiveReader, parseDirectives } from "../../lib/nginx/directive_reader.ts";
import { parseAddress, proxiedHost } from "../../lib/nginx/directives.ts";
import { DumpReader } from "../../lib/nginx/dump_reader.ts";
import { findPaths, parseBuild } from "../../lib/nginx/paths.ts";
import { buildTree } from "../../lib/nginx/tree.ts";
import { findProxyLocations } from "../../lib/nginx/upstreams.ts";
import { parseSize, parseTime } from "../../lib/nginx/values.ts";

function assert(condition: boolean, promise: string): asserts condition {
  if (!condition) throw new Error(`Not so: ${promise}`);
}

const textOf = (bytes: Uint8Array) => new TextDecoder().decode(bytes);

/** Whether it threw an error of the class `Error` itself: anything else is a bug in the reader. */
function refusalOf(read: () => void): Error | undefined {
  try {
    read();
  } catch (error) {
    if (error instanceof Error && error.constructor === Error) return error;
    throw error;
  }
}

// deno-lint-ignore no-control-regex -- these may not reach a terminal
const CONTROL = /[\x00-\x1f\x7f-\x9f]/;

function readState(bytes: Uint8Array): void {
  let json = "";
  const refusal = refusalOf(() => json = JSON.stringify(parseState(textOf(bytes))));
  if (refusal) {
    assert(refusal.message !== "", "a refusal has a reason");
    assert(!CONTROL.test(refusal.message), "a refusal can be printed");
    return;
  }
  assert(JSON.stringify(parseState(json)) === json, "what was read is read to the same again");
  JSON.parse(json, (key, value) => {
    assert(!CONTROL.test(key) && !CONTROL.test(String(value)), "all texts can be printed");
    return value;
  });
}

/** So that an input takes a millisecond, not a second. */
const MOST_PIECES = 24;

/** Cuts bytes or text into pieces of this size, or larger ones if they were too many. */
function inPieces<T extends { length: number }>(
  whole: T & { slice(from: number, to: number): T },
  size: number,
): T[] {
  const step = Math.max(size, Math.ceil(whole.length / MOST_PIECES), 1);
  const count = Math.ceil(whole.length / step);
  return Array.from({ length: count }, (_, index) => whole.slice(index * step, (index + 1) * step));
}

function sameBytes(one: Uint8Array, other: Uint8Array): boolean {
  // Without a call for each byte, which on QuickJS takes longer than all else.
  for (let at = 0; at < one.length; at++) if (one[at] !== other[at]) return false;
  return one.length === other.length;
}

const source = { child: "gunicorn", stream: "stderr" } as const;

/** The first byte is the longest line, the second one the size of the chunks. */
function readLines(input: Uint8Array): void {
  const [longest = 0, size = 0] = input;
  const bytes = input.subarray(2);
  const splitter = new LineSplitter(longest + 1);
  const chunks = inPieces<Uint8Array>(bytes, size);
  const split = [...chunks.flatMap((chunk) => splitter.push(chunk)), ...splitter.end()];
  assert(
    sameBytes(concatBytes(split.map(({ bytes }) => bytes)), bytes),
    "every byte is passed on once",
  );
  for (const { bytes, piece } of split) {
    assert(piece === 0 || bytes.length <= longest + 2, "a piece is no longer than allowed");
  }
  const joiner = new TracebackJoiner();
  const joined = [...split.flatMap((block) => joiner.push(block)), ...joiner.flush()];
  assert(
    sameBytes(concatBytes(joined.map(({ bytes }) => bytes)), bytes),
    "tracebacks lose no byte",
  );
  formatAll(joined, plainFormat);
  formatAll(joined, prefixFormat(source, true));
  for (const json of formatAll(joined, jsonFormat(source, () => 0))) {
    for (const line of textOf(json).split("\n").slice(0, -1)) {
      assert(typeof JSON.parse(line).message === "string", "each line is one object");
    }
  }
}

function formatAll(blocks: LineBlock[], format: LineFormat): Uint8Array[] {
  return blocks.map((block, index) => {
    const formatted = format(block, index > 0 && !blocks[index - 1]!.ended);
    assert(!block.ended || endsWithNewline(formatted), "a whole line ends with a newline");
    assert(countLines(formatted) > 0, "no line is lost");
    return formatted;
  });
}

const build = parseBuild("nginx version: nginx/1.22.1");

/** The first byte is the size of the pieces in which the text is read. */
function readConf(input: Uint8Array): void {
  const text = textOf(input.subarray(1));
  const pieces = inPieces<string>(text, input[0] ?? 0);
  const directives = parseDirectives(text);
  const reader = new DirectiveReader();
  const pieceByPiece = pieces.flatMap((piece) => reader.read(piece));
  pieceByPiece.push(...reader.read("", true));
  assert(
    JSON.stringify(pieceByPiece) === JSON.stringify(directives),
    "pieces are read as the whole",
  );

  // nginx itself has refused files that include each other.
  const root = buildTree([{
    path: "/etc/nginx/nginx.conf",
    directives: directives.filter(({ name }) => name !== "include"),
  }]);
  findPaths(root, build);
  findProxyLocations(root);
  parseBuild(text);
  for (const word of directives.flatMap(({ args }) => args)) {
    parseAddress(word);
    proxiedHost(word);
    parseSize(word);
    parseTime(word);
  }
  const dump = [new DumpReader(), new DumpReader()] as const;
  dump[0].read(text);
  for (const piece of pieces) dump[1].read(piece);
  for (const reader of dump) reader.end();
  assert(
    JSON.stringify(dump[0].files) === JSON.stringify(dump[1].files),
    "a dump in pieces is the same",
  );
}

function readTables(bytes: Uint8Array): void {
  const text = textOf(bytes);
  assert(!CONTROL.test(parseStat(text).name), "a process's name can be printed");
  for (const { port } of parseTcpSockets(text)) {
    assert(port >= 0 && port <= 0xffff, "a port has 16 bits");
  }
  parseUnixSockets(text);
  const [groups = "", mounts = ""] = text.split("\n\n");
  for (const controller of ["cpu", "memory"] as const) {
    for (const { path } of cgroupFolders(groups, mounts, controller)) {
      assert(
        !path.split("/").slice(path.startsWith("/") ? 1 : 0).includes("..") ||
          mounts.includes(".."),
        "no group leads upwards",
      );
    }
  }
  for (const number of [quotaOf(text), limitOf(text), killsOf(text) ?? 0]) {
    assert(number >= 0, "a limit is not negative");
  }
}

async function readAnswer(): Promise<void> {
  const signal = new AbortController().signal;
  const address = { transport: "unix", path: "/served/by/connect" } as const;
  const status = await getStatus(address, "/ping", signal).catch((error) => {
    if (!/it is not HTTP$/.test(error.message)) throw error;
  });
  assert(status === undefined || (status >= 0 && status <= 999), "a status has three digits");
}

Object.assign(globalThis, {
  parsers: {
    state: readState,
    lines: readLines,
    conf: readConf,
    proc: readTables,
    answer: readAnswer,
  },
});
