/** Joins the lines of a Python traceback, so that a format can make one record of them. */

import { concatBytes, includesText, type LineBlock } from "./lines.ts";

/** A longer traceback becomes several records. */
export const LONGEST_TRACEBACK = 64 * 1024;

const NEWLINE = 10;
const START = "Traceback (most recent call last):";
/** An exception group's traceback is indented as a whole. */
const START_OF_GROUP = `  + Exception Group ${START}`;
/** Between the tracebacks of an exception and of its cause, each with an empty line before and after it. */
const LINKS = [
  "During handling of the above exception, another exception occurred:",
  "The above exception was the direct cause of the following exception:",
];
/** "ValueError: no", "json.decoder.JSONDecodeError: …", "KeyboardInterrupt"; not a log line of another process. */
const EXCEPTION = /^[\p{L}_][\p{L}\p{N}_.]*(:|$)/u;

/**
 * Of one stream. Passes every line on once and in order, all but those of a traceback at once; the caller passes on
 * what is held when no line has followed for a while.
 */
export class TracebackJoiner {
  /** The lines of a traceback that may go on; empty if there is none. */
  #held: Line[] = [];
  #heldBytes = 0;
  /** How many of the held lines certainly belong to the traceback. */
  #certain = 0;
  #expects: "body" | "group" | "gap" | "link" | "second gap" | "start" = "body";

  get isHolding(): boolean {
    return this.#held.length > 0;
  }

  push(block: LineBlock): LineBlock[] {
    if (block.piece > 0) return [...this.flush(), block];
    if (!this.isHolding && !includesText(block.bytes, START)) return [block];
    const blocks: LineBlock[] = [];
    let ordinary: Line[] = [];
    const passOnHeld = () => {
      blocks.push(...blocksOf(ordinary, false), ...this.flush());
      ordinary = [];
    };
    for (const line of linesOf(block.bytes)) {
      if (this.isHolding && !this.#takes(line.text)) passOnHeld();
      if (this.isHolding) this.#hold(line);
      else if (line.text === START || line.text === START_OF_GROUP) {
        this.#expects = line.text === START ? "body" : "group";
        this.#certain = 1;
        this.#hold(line);
      } else ordinary.push(line);
      if (this.#heldBytes > LONGEST_TRACEBACK) passOnHeld();
    }
    return [...blocks, ...blocksOf(ordinary, false)];
  }

  /** What is held, as if the traceback had ended. */
  flush(): LineBlock[] {
    const held = this.#held;
    const certain = this.#certain;
    this.#held = [];
    this.#heldBytes = this.#certain = 0;
    return [...blocksOf(held.slice(0, certain), true), ...blocksOf(held.slice(certain), false)];
  }

  #hold(line: Line): void {
    this.#held.push(line);
    this.#heldBytes += line.bytes.length;
  }

  /** Whether the line can belong to the traceback that is held. */
  #takes(line: string): boolean {
    switch (this.#expects) {
      case "group":
        if (!/^[ \t]/.test(line)) return false;
        this.#certain++;
        return true;
      case "body": {
        const isIndented = /^[ \t]/.test(line);
        if (!isIndented && !EXCEPTION.test(line)) return false;
        if (!isIndented) this.#expects = "gap";
        this.#certain = this.#held.length + 1;
        return true;
      }
      case "gap":
      case "second gap":
        if (line !== "") return false;
        this.#expects = this.#expects === "gap" ? "link" : "start";
        return true;
      case "link":
        this.#expects = "second gap";
        return LINKS.includes(line);
      case "start":
        if (line !== START) return false;
        this.#expects = "body";
        this.#certain = this.#held.length + 1;
        return true;
    }
  }
}

interface Line {
  /** With its newline, unless the stream ended without one. */
  bytes: Uint8Array;
  text: string;
}

function linesOf(bytes: Uint8Array): Line[] {
  const decoder = new TextDecoder();
  const lines: Line[] = [];
  for (let from = 0; from < bytes.length;) {
    const newline = bytes.indexOf(NEWLINE, from);
    const end = newline < 0 ? bytes.length : newline + 1;
    const text = decoder.decode(bytes.subarray(from, newline < 0 ? end : newline));
    lines.push({ bytes: bytes.subarray(from, end), text });
    from = end;
  }
  return lines;
}

function blocksOf(lines: Line[], isRecord: boolean): LineBlock[] {
  if (lines.length === 0) return [];
  const bytes = concatBytes(lines.map(({ bytes }) => bytes));
  return [{ bytes, piece: 0, ended: true, ...isRecord && { isRecord } }];
}
