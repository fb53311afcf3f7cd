/** Blocks of log lines as bytes, between a child and an output. */

export interface LineBlock {
  /** Whole lines with their newlines, or one piece of a line that is too long to be held. */
  bytes: Uint8Array;
  /** 0 for whole lines, otherwise the number of the piece in its line, counted from 1. */
  piece: number;
  /** Whether the last line in the block is complete, by a newline or by the end of the stream. */
  ended: boolean;
  /** The lines belong together, as those of a traceback. */
  isRecord?: boolean;
}

const NEWLINE = 10;

export function concatBytes(parts: readonly Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

/** Counts a last line without a newline too. */
export function countLines(bytes: Uint8Array): number {
  let count = 0;
  for (let at = bytes.indexOf(NEWLINE); at >= 0; at = bytes.indexOf(NEWLINE, at + 1)) count++;
  return count + (bytes.length > 0 && !endsWithNewline(bytes) ? 1 : 0);
}

export function endsWithNewline(bytes: Uint8Array): boolean {
  return bytes[bytes.length - 1] === NEWLINE;
}

/** @param text ASCII, best one that begins with a rare character */
export function includesText(bytes: Uint8Array, text: string): boolean {
  const first = text.charCodeAt(0);
  for (let at = bytes.indexOf(first); at >= 0; at = bytes.indexOf(first, at + 1)) {
    let length = 1;
    while (length < text.length && bytes[at + length] === text.charCodeAt(length)) length++;
    if (length === text.length) return true;
  }
  return false;
}
