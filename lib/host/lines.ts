/** Cuts a stream of bytes into whole lines, whatever the chunks it comes in. */

export interface Block {
  /** Whole lines with their newlines, or a piece of one line that is too long to be held. */
  bytes: Uint8Array;
  /** 0 for whole lines; else which piece of the long line it is, counted from 1. */
  piece: number;
  /** Whether the last line in it has ended: by a newline, or by the end of the stream. */
  ended: boolean;
}

/** A line may be as long as this, in bytes, before it is passed on in pieces. */
export const LONGEST_LINE = 1024 * 1024;

const NEWLINE = 10;

/** All bytes of the stream come out once and in order. */
export class LineSplitter {
  /** The beginning of a line whose end has not come yet. */
  private held: Uint8Array[] = [];
  private heldBytes = 0;
  private pieces = 0;

  push(chunk: Uint8Array): Block[] {
    const blocks: Block[] = [];
    const first = chunk.indexOf(NEWLINE);
    if (first < 0) {
      this.hold(chunk, blocks);
      return blocks;
    }
    const last = chunk.lastIndexOf(NEWLINE);
    if (this.pieces > 0) {
      // The end of a long line goes by itself, so that it can be marked as such.
      this.hold(chunk.subarray(0, first + 1), blocks);
      this.release(blocks, true);
      if (last > first) blocks.push(wholeLines(chunk.subarray(first + 1, last + 1)));
    } else {
      this.held.push(chunk.subarray(0, last + 1));
      blocks.push(wholeLines(joined(this.held)));
      this.clear();
    }
    this.hold(chunk.subarray(last + 1), blocks);
    return blocks;
  }

  /** What is left when the stream ends within a line. */
  end(): Block[] {
    const blocks: Block[] = [];
    if (this.heldBytes > 0 || this.pieces > 0) this.release(blocks, true);
    return blocks;
  }

  private hold(bytes: Uint8Array, blocks: Block[]): void {
    for (let at = 0; at < bytes.length;) {
      // A copy: a few bytes would otherwise keep the whole buffer they were read into.
      const part = bytes.slice(at, at + LONGEST_LINE - this.heldBytes);
      this.held.push(part);
      this.heldBytes += part.length;
      at += part.length;
      if (this.heldBytes >= LONGEST_LINE) this.release(blocks, false);
    }
  }

  private release(blocks: Block[], ended: boolean): void {
    const isPiece = this.pieces > 0 || !ended;
    blocks.push({ bytes: joined(this.held), piece: isPiece ? ++this.pieces : 0, ended });
    const pieces = ended ? 0 : this.pieces;
    this.clear();
    this.pieces = pieces;
  }

  private clear(): void {
    this.held = [];
    this.heldBytes = 0;
    this.pieces = 0;
  }
}

function wholeLines(bytes: Uint8Array): Block {
  return { bytes, piece: 0, ended: true };
}

export function joined(parts: readonly Uint8Array[]): Uint8Array {
  if (parts.length === 1) return parts[0]!;
  const whole = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

/** Lines that end in the block. */
export function countLines({ bytes, ended }: Block): number {
  let count = 0;
  for (let at = bytes.indexOf(NEWLINE); at >= 0; at = bytes.indexOf(NEWLINE, at + 1)) count++;
  return count + (ended && !endsWithNewline(bytes) ? 1 : 0);
}

export function endsWithNewline(bytes: Uint8Array): boolean {
  return bytes[bytes.length - 1] === NEWLINE;
}
