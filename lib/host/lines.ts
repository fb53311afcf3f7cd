/** Cuts a stream of bytes into whole lines, whatever the chunks it comes in. */

export interface Block {
  /** Whole lines with their newlines, or a piece of one line that is too long to be held. */
  bytes: Uint8Array;
  /** 0 for whole lines; else which piece of the long line it is, counted from 1. */
  piece: number;
  /** Whether the last line in it has ended: by a newline, or by the end of the stream. */
  ended: boolean;
}

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

  push(chunk: Uint8Array): Block[] {
    const blocks: Block[] = [];
    // No line within a step, its first one aside, can be too long.
    const step = Math.min(this.longest, USUAL_CHUNK);
    for (let at = 0; at < chunk.length; at += step) {
      this.pushStep(chunk.subarray(at, at + step), blocks);
    }
    return blocks;
  }

  /** What is left when the stream ends within a line. */
  end(): Block[] {
    if (this.held === 0) return [];
    return [this.endOfLine(new Uint8Array(0))];
  }

  private pushStep(bytes: Uint8Array, blocks: Block[]): void {
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
  private hold(bytes: Uint8Array, blocks: Block[]): void {
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
  private endOfLine(bytes: Uint8Array): Block {
    const whole = joined([this.buffer.subarray(0, this.held), bytes]);
    const piece = this.pieces > 0 ? this.pieces + 1 : 0;
    this.held = this.pieces = 0;
    // Long lines are rare, and their room is not kept for the next one.
    if (this.buffer.length > USUAL_CHUNK) this.buffer = new Uint8Array(0);
    return { bytes: whole, piece, ended: true };
  }
}

function wholeLines(bytes: Uint8Array): Block {
  return { bytes, piece: 0, ended: true };
}

export function joined(parts: readonly Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

/** Lines that end in the bytes, the last one also without a newline. */
export function countLines(bytes: Uint8Array): number {
  let count = 0;
  for (let at = bytes.indexOf(NEWLINE); at >= 0; at = bytes.indexOf(NEWLINE, at + 1)) count++;
  return count + (bytes.length > 0 && !endsWithNewline(bytes) ? 1 : 0);
}

export function endsWithNewline(bytes: Uint8Array): boolean {
  return bytes[bytes.length - 1] === NEWLINE;
}
