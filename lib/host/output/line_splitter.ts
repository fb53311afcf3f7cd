/** Splits a stream of bytes into blocks of whole lines. */

import { concatBytes, type LineBlock } from "./lines.ts";

/** In bytes without the newline. A longer line is passed on in pieces. */
export const LONGEST_LINE = 1024 * 1024;

const NEWLINE = 10;
/** The capacity of a pipe (pipe(7)), and so the most that one read returns. */
const PIPE_BYTES = 64 * 1024;

/** Passes every byte on once and in order. The chunks have no influence on where lines are cut into pieces. */
export class LineSplitter {
  /** Its first `held` bytes are the beginning of an unfinished line. One buffer that grows, not an array per chunk. */
  private buffer = new Uint8Array(0);
  private held = 0;
  private pieces = 0;

  constructor(private readonly longest = LONGEST_LINE) {}

  push(chunk: Uint8Array): LineBlock[] {
    const blocks: LineBlock[] = [];
    // Only the first line of a step can be too long, because the others fit into the step.
    const step = Math.min(this.longest, PIPE_BYTES);
    for (let at = 0; at < chunk.length; at += step) {
      this.pushStep(chunk.subarray(at, at + step), blocks);
    }
    return blocks;
  }

  /** Passes on the unfinished line, if any, at the end of the stream. */
  end(): LineBlock[] {
    if (this.held === 0) return [];
    return [this.endOfLine(new Uint8Array(0))];
  }

  private pushStep(bytes: Uint8Array, blocks: LineBlock[]): void {
    const first = bytes.indexOf(NEWLINE);
    if (first < 0) return this.hold(bytes, blocks);
    const end = bytes.lastIndexOf(NEWLINE) + 1;
    if (this.pieces > 0 || this.held + first > this.longest) {
      // The last piece of a long line needs a block of its own for its number.
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

  /** Cuts pieces off until `longest` bytes or fewer are held. Of a line in pieces at least one byte stays. */
  private hold(bytes: Uint8Array, blocks: LineBlock[]): void {
    this.append(bytes);
    while (this.held > this.longest) {
      const end = this.pieceLength();
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

  /** `longest`, or less if that would cut a character of UTF-8. */
  private pieceLength(): number {
    for (let end = this.longest; end > Math.max(0, this.longest - 4); end--) {
      if ((this.buffer[end]! & 0xc0) !== 0x80) return end;
    }
    return this.longest;
  }

  /** Ends the held line with these bytes. */
  private endOfLine(bytes: Uint8Array): LineBlock {
    const whole = concatBytes([this.buffer.subarray(0, this.held), bytes]);
    const piece = this.pieces > 0 ? this.pieces + 1 : 0;
    this.held = this.pieces = 0;
    // Long lines are rare, so their memory is released.
    if (this.buffer.length > PIPE_BYTES) this.buffer = new Uint8Array(0);
    return { bytes: whole, piece, ended: true };
  }
}

function wholeLines(bytes: Uint8Array): LineBlock {
  return { bytes, piece: 0, ended: true };
}
