/** Cuts a stream of bytes into whole lines, whatever the chunks it comes in. */

import { concatBytes, type LineBlock } from "./lines.ts";

/** A line may be as long as this, in bytes without its newline, before it is passed on in pieces. */
export const LONGEST_LINE = 1024 * 1024;

const NEWLINE = 10;
/** What a pipe holds, and so the most that comes at once. */
const USUAL_CHUNK = 64 * 1024;

/** All bytes of the stream come out once and in order, cut at the same places whatever the chunks were. */
export class LineSplitter {
  /** The beginning of a line whose end has not come yet, in a buffer that grows: an array a byte would not do. */
  private buffer = new Uint8Array(0);
  private held = 0;
  private pieces = 0;

  constructor(private readonly longest = LONGEST_LINE) {}

  push(chunk: Uint8Array): LineBlock[] {
    const blocks: LineBlock[] = [];
    // No line within a step, its first one aside, can be too long.
    const step = Math.min(this.longest, USUAL_CHUNK);
    for (let at = 0; at < chunk.length; at += step) {
      this.pushStep(chunk.subarray(at, at + step), blocks);
    }
    return blocks;
  }

  /** What is left when the stream ends within a line. */
  end(): LineBlock[] {
    if (this.held === 0) return [];
    return [this.endOfLine(new Uint8Array(0))];
  }

  private pushStep(bytes: Uint8Array, blocks: LineBlock[]): void {
    const first = bytes.indexOf(NEWLINE);
    if (first < 0) return this.hold(bytes, blocks);
    const end = bytes.lastIndexOf(NEWLINE) + 1;
    if (this.pieces > 0 || this.held + first > this.longest) {
      // The end of a long line goes by itself, so that it can be marked as such.
      this.hold(bytes.subarray(0, first), blocks);
      blocks.push(this.endOfLine(bytes.subarray(first, first + 1)));
      if (end > first + 1) blocks.push(wholeLines(bytes.subarray(first + 1, end)));
    } else if (this.held > 0) {
      blocks.push(this.endOfLine(bytes.subarray(0, end)));
    } else {
      blocks.push(wholeLines(bytes.subarray(0, end)));
    }
    this.hold(bytes.subarray(end), blocks);
  }

  /** Leaves no more than the longest line held, and at least one byte of a line that goes in pieces. */
  private hold(bytes: Uint8Array, blocks: LineBlock[]): void {
    this.append(bytes);
    while (this.held > this.longest) {
      const end = this.endOfPiece();
      blocks.push({ bytes: this.buffer.slice(0, end), piece: ++this.pieces, ended: false });
      this.buffer.copyWithin(0, end, this.held);
      this.held -= end;
    }
  }

  private append(bytes: Uint8Array): void {
    const size = this.held + bytes.length;
    if (size > this.buffer.length) {
      const larger = new Uint8Array(Math.max(size, 2 * this.buffer.length));
      larger.set(this.buffer.subarray(0, this.held));
      this.buffer = larger;
    }
    this.buffer.set(bytes, this.held);
    this.held = size;
  }

  /** Before a character rather than within it, so that each piece is valid UTF-8 where the line is. */
  private endOfPiece(): number {
    for (let end = this.longest; end > Math.max(0, this.longest - 4); end--) {
      if ((this.buffer[end]! & 0xc0) !== 0x80) return end;
    }
    return this.longest;
  }

  /** What is held, and these bytes behind it. */
  private endOfLine(bytes: Uint8Array): LineBlock {
    const whole = concatBytes([this.buffer.subarray(0, this.held), bytes]);
    const piece = this.pieces > 0 ? this.pieces + 1 : 0;
    this.held = this.pieces = 0;
    // Long lines are rare, and their room is not kept for the next one.
    if (this.buffer.length > USUAL_CHUNK) this.buffer = new Uint8Array(0);
    return { bytes: whole, piece, ended: true };
  }
}

function wholeLines(bytes: Uint8Array): LineBlock {
  return { bytes, piece: 0, ended: true };
}
