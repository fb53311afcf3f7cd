/** What a relayed line looks like: as it is, with the name of its child before it, or as JSON. */

import type { ChildName } from "../plan/launch_plan.ts";
import { type Block, endsWithNewline, joined } from "./lines.ts";

export type StreamName = "stdout" | "stderr";

export interface Source {
  child: ChildName;
  stream: StreamName;
}

/** @returns whole lines, each with a newline, but for the first pieces of a line too long */
export type Format = (block: Block) => Uint8Array;

const encoder = new TextEncoder();
const decoder = new TextDecoder();
const NEWLINE = encoder.encode("\n");

export const asItIs: Format = ({ bytes, ended }) => ended ? terminated(bytes) : bytes;

const COLOURS: Record<ChildName, string> = { nginx: "32", gunicorn: "36" };
const NAME_WIDTH = "gunicorn".length;

/** `nginx    | …`: names as wide as the longer of the two, so that the lines stand in a column. */
export function withPrefix({ child }: Source, colour: boolean): Format {
  const name = `${child.padEnd(NAME_WIDTH)} |`;
  const prefix = encoder.encode(colour ? `\x1b[${COLOURS[child]}m${name}\x1b[0m ` : `${name} `);
  return ({ bytes, piece, ended }) => {
    const lines = ended ? terminated(bytes) : bytes;
    if (piece > 1) return lines;
    const parts: Uint8Array[] = [];
    for (let at = 0; at < lines.length;) {
      const newline = lines.indexOf(NEWLINE[0]!, at);
      const end = newline < 0 ? lines.length : newline + 1;
      parts.push(prefix, lines.subarray(at, end));
      at = end;
    }
    return joined(parts);
  };
}

/**
 * One object a line: `time`, `source`, `stream`, `level` where the child says one, and `message`. Of a line too
 * long there are several, each with its number as `piece`, the last with `last`.
 */
export function asJson({ child, stream }: Source, wallClock: () => number): Format {
  const head = (time: string) => `{"time":"${time}","source":"${child}","stream":"${stream}"`;
  return ({ bytes, piece, ended }) => {
    const start = head(new Date(wallClock()).toISOString());
    const text = decoder.decode(bytes);
    const lines = (text.endsWith("\n") ? text.slice(0, -1) : text).split("\n");
    const mark = piece > 0 ? `,"piece":${piece},"last":${ended}` : "";
    const objects = lines.map((line) => {
      const level = piece > 1 ? undefined : levelOf(line);
      const said = level === undefined ? "" : `,"level":"${level}"`;
      return `${start}${said}${mark},"message":${JSON.stringify(line)}}\n`;
    });
    return encoder.encode(objects.join(""));
  };
}

/** `2026/01/31 23:59:59 [error] 7#7: …` of nginx, `[2026-01-31 23:59:59 +0000] [7] [ERROR] …` of gunicorn. */
const LEVEL =
  /^(?:\d{4}\/\d\d\/\d\d \d\d:\d\d:\d\d|\[\d{4}-\d\d-\d\d [\d:]+ [+-]\d{4}\] \[\d+\]) \[(\w+)\]/;

/** nginx's `warn` is gunicorn's `WARNING`; the others have one name each. */
export function levelOf(line: string): string | undefined {
  const level = LEVEL.exec(line)?.[1]?.toLowerCase();
  return level === "warn" ? "warning" : level;
}

function terminated(bytes: Uint8Array): Uint8Array {
  return endsWithNewline(bytes) ? bytes : joined([bytes, NEWLINE]);
}
