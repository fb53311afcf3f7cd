/** What a relayed line looks like: as it is, with the name of its child before it, or as JSON. */

import type { ChildName } from "../../plan/launch_plan.ts";
import type { RelayFormat } from "../../plan/output_plan.ts";
import { concatBytes, countLines, endsWithNewline, type LineBlock } from "./lines.ts";
import type { ChildStream } from "../process/child.ts";
import { wantsColour } from "./terminal.ts";

/**
 * @param goesOn the block goes on where the one before ended, within a line that is passed on in pieces
 * @returns whole lines, each with a newline, but for the pieces of a line too long
 */
export type LineFormat = (block: LineBlock, goesOn: boolean) => Uint8Array;

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

/** `nginx    | …`: names as wide as the longer of the two, so that the lines stand in a column. */
export function prefixFormat({ child }: ChildStream, colour: boolean): LineFormat {
  const name = `${child.padEnd(NAME_WIDTH)} |`;
  const text = colour ? `\x1b[${COLOURS[child]}m${name}\x1b[0m ` : `${name} `;
  const prefix = new TextEncoder().encode(text);
  return (block, goesOn) => {
    const lines = plainFormat(block, goesOn);
    return goesOn ? lines : prefixed(lines, prefix);
  };
}

/** Moves the lines forward within one array, because an array for each is what costs time on QuickJS. */
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
 * One object a line: `time`, `source`, `stream`, `level` where the child says one, and `message`. Of a line too
 * long there are several, each with its number as `piece`, the last with `last`.
 */
export function jsonFormat({ child, stream }: ChildStream, wallClock: () => number): LineFormat {
  const encoder = new TextEncoder();
  const decoder = new TextDecoder("utf-8", { ignoreBOM: true });
  const origin = `"source":"${child}","stream":"${stream}"`;
  let levelOfLongLine = "";
  return ({ bytes, piece, ended }) => {
    const text = decoder.decode(bytes);
    const lines = (text.endsWith("\n") ? text.slice(0, -1) : text).split("\n");
    const head = `{"time":"${new Date(wallClock()).toISOString()}",${origin}`;
    if (piece === 1) levelOfLongLine = levelField(lines[0]!);
    const mark = piece > 0 ? `${levelOfLongLine},"piece":${piece},"last":${ended}` : undefined;
    const objects = lines.map((line) =>
      `${head}${mark ?? levelField(line)},"message":${JSON.stringify(line)}}\n`
    );
    return encoder.encode(objects.join(""));
  };
}

function levelField(line: string): string {
  const level = levelOf(line);
  return level === undefined ? "" : `,"level":"${level}"`;
}

/** `2026/01/31 23:59:59 [error] 7#7: …` of nginx, `[2026-01-31 23:59:59 +0000] [7] [ERROR] …` of gunicorn. */
const LEVEL =
  /^(?:\d{4}\/\d\d\/\d\d \d\d:\d\d:\d\d|\[\d{4}-\d\d-\d\d [\d:]+ [+-]\d{4}\] \[\d+\]) \[(\w+)\]/;

/** nginx's `warn` is gunicorn's `WARNING`; the others have one name each. */
export function levelOf(line: string): string | undefined {
  const level = LEVEL.exec(line)?.[1]?.toLowerCase();
  return level === "warn" ? "warning" : level;
}
