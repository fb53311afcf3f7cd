/** Formats relayed lines: unchanged, with the child's name in front, or as JSON. */

import type { ChildName } from "../../plan/launch_plan.ts";
import type { RelayFormat } from "../../plan/output_plan.ts";
import { concatBytes, countLines, endsWithNewline, type LineBlock } from "./lines.ts";
import type { ChildStream } from "../process/child.ts";
import { wantsColour } from "./terminal.ts";

/**
 * @param isContinued whether the block continues the line with which the previous one ended
 * @returns whole lines, each with a newline, unless the block is a piece of a longer line
 */
export type LineFormat = (block: LineBlock, isContinued: boolean) => Uint8Array;

const NEWLINE = 10;

export function formatFor(format: RelayFormat): (source: ChildStream) => LineFormat {
  switch (format) {
    case "plain":
      return () => plainFormat;
    case "prefix":
      return (source) => prefixFormat(source, wantsColour(source.stream));
    case "json":
      return (source) => jsonFormat(source, Date.now);
  }
}

export const plainFormat: LineFormat = ({ bytes, ended }) => ended ? terminated(bytes) : bytes;

function terminated(bytes: Uint8Array): Uint8Array {
  return endsWithNewline(bytes) ? bytes : concatBytes([bytes, Uint8Array.of(NEWLINE)]);
}

const COLOURS: Record<ChildName, string> = { nginx: "32", gunicorn: "36" };
const NAME_WIDTH = "gunicorn".length;

/** `nginx    | …`, with both names padded to one width. */
export function prefixFormat({ child }: ChildStream, colour: boolean): LineFormat {
  const name = `${child.padEnd(NAME_WIDTH)} |`;
  const text = colour ? `\x1b[${COLOURS[child]}m${name}\x1b[0m ` : `${name} `;
  const prefix = new TextEncoder().encode(text);
  return (block, isContinued) => {
    const lines = plainFormat(block, isContinued);
    return isContinued ? lines : prefixed(lines, prefix);
  };
}

/** Moves the lines within one array, because an array for each line is slow on QuickJS. */
function prefixed(lines: Uint8Array, prefix: Uint8Array): Uint8Array {
  const whole = new Uint8Array(lines.length + countLines(lines) * prefix.length);
  let from = whole.length - lines.length;
  whole.set(lines, from);
  for (let to = 0; from < whole.length;) {
    const newline = whole.indexOf(NEWLINE, from);
    const end = newline < 0 ? whole.length : newline + 1;
    whole.set(prefix, to);
    whole.copyWithin(to + prefix.length, from, end);
    to += prefix.length + end - from;
    from = end;
  }
  return whole;
}

/**
 * One object for each line: `time`, `source`, `stream`, `level` if the line has one, and `message`. A line too long
 * becomes several objects, each with its number as `piece`, and `last`. A traceback is one object.
 * @param wallClock milliseconds since 1970
 */
export function jsonFormat({ child, stream }: ChildStream, wallClock: () => number): LineFormat {
  const encoder = new TextEncoder();
  const decoder = new TextDecoder("utf-8", { ignoreBOM: true });
  const origin = `"source":"${child}","stream":"${stream}"`;
  let levelOfLongLine = "";
  return ({ bytes, piece, ended, isRecord }) => {
    const text = decoder.decode(bytes);
    const message = text.endsWith("\n") ? text.slice(0, -1) : text;
    const lines = isRecord ? [message] : message.split("\n");
    const head = `{"time":"${new Date(wallClock()).toISOString()}",${origin}`;
    if (piece === 1) levelOfLongLine = levelField(lines[0]!);
    const pieceFields = piece > 0
      ? `${levelOfLongLine},"piece":${piece},"last":${ended}`
      : undefined;
    const objects = lines.map((line) =>
      `${head}${pieceFields ?? levelField(line)},"message":${JSON.stringify(line)}}\n`
    );
    return encoder.encode(objects.join(""));
  };
}

function levelField(line: string): string {
  const level = levelOf(line);
  return level === undefined ? "" : `,"level":"${level}"`;
}

/** nginx: `2026/01/31 23:59:59 [error] 7#7: …`; gunicorn: `[2026-01-31 23:59:59 +0000] [7] [ERROR] …` */
const LEVEL =
  /^(?:\d{4}\/\d\d\/\d\d \d\d:\d\d:\d\d|\[\d{4}-\d\d-\d\d [\d:]+ [+-]\d{4}\] \[\d+\]) \[(\w+)\]/;

/** In lower case; nginx's `warn` becomes gunicorn's `warning`. `undefined` for lines without one, e.g. access lines. */
export function levelOf(line: string): string | undefined {
  const level = LEVEL.exec(line)?.[1]?.toLowerCase();
  return level === "warn" ? "warning" : level;
}
