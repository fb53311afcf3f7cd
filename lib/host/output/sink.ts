/** The single writer of stdout or stderr: it keeps lines of different inputs apart and never blocks tandem. */

import { type Clock, happensWithin } from "../system/clock.ts";
import type { LineFormat } from "./line_formats.ts";
import { concatBytes, countLines, endsWithNewline, type LineBlock } from "./lines.ts";

export interface Output {
  /** Resolves with the number of bytes written. */
  write(bytes: Uint8Array): Promise<number>;
}

export interface SinkEvents {
  /** The reader has resumed after a stall, during which this many lines were dropped. */
  onResumed(dropped: number): void;
  /** tandem exits, and this many lines were never read. */
  onLost(lines: number): void;
  /** The reader has closed the output. */
  onClosed(reason: string): void;
}

/** One stream of a child. */
export interface SinkInput {
  /** Resolves once the block is queued or dropped. Call it again only then. */
  take(block: LineBlock): Promise<void>;
}

/** When this many bytes are unread, inputs wait. */
export const SINK_BUFFER_BYTES = 1024 * 1024;
/** How long inputs wait for a full buffer, in milliseconds; then the reader is stalled, and lines are dropped. */
export const STALL_MS = 1000;
/** The size of one write: enough to join small blocks, and small enough that a slow reader shows progress. */
const WRITE_BYTES = 64 * 1024;
/** Pause after a failed write, in milliseconds. */
const RETRY_MS = 10;

export class Sink {
  /** Written before each new line, to clear what `show` has left on it. */
  lineStart = "";
  /** Since the start: lines of inputs that were queued, and lines that were not. */
  readonly counts = { relayed: 0, dropped: 0 };
  private waiting: Uint8Array[] = [];
  private waitingBytes = 0;
  private isWriting = false;
  private isStalled = false;
  private isClosed = false;
  private dropped = 0;
  /** The input whose line is unfinished, if any. */
  private lineOwner: InputState | undefined;
  private endsInLine = false;
  private progress = Promise.withResolvers<void>();

  constructor(
    private readonly output: Output,
    private readonly clock: Clock,
    private readonly events: SinkEvents,
  ) {}

  input(format: LineFormat): SinkInput {
    const state: InputState = { format, isCut: false };
    return { take: (block) => this.take(block, state) };
  }

  /** Queues a line of tandem's own at once; drops it only if twice the buffer is unread. */
  say(line: string): void {
    if (this.isClosed) return;
    if (this.waitingBytes < 2 * SINK_BUFFER_BYTES) {
      this.queue(new TextEncoder().encode(line), false);
      this.lineOwner = undefined;
    } else this.noteDropped(1);
  }

  /** Shows a text without a newline at the bottom of a terminal; `lineStart` clears it before the next line. */
  show(text: string): void {
    if (this.isClosed || this.endsInLine) return;
    this.queue(new TextEncoder().encode(text), false);
    this.endsInLine = false;
  }

  /** Whether everything is written and the last line is complete. */
  get isIdle(): boolean {
    return this.waitingBytes === 0 && !this.endsInLine;
  }

  /** Waits until everything is written, the output is closed, or the time is over. */
  async flush(milliseconds: number): Promise<void> {
    const end = this.clock.now() + milliseconds;
    while (this.isWriting && this.clock.now() < end) {
      await happensWithin(this.clock, end - this.clock.now(), this.progress.promise);
    }
  }

  /** Like `flush`; then reports the lines that were dropped or are still unread. */
  async finish(milliseconds: number): Promise<void> {
    await this.flush(milliseconds);
    const unread = this.waiting.reduce((sum, bytes) => sum + countLines(bytes), 0);
    const lost = this.dropped + unread;
    this.dropped = 0;
    if (lost > 0) this.events.onLost(lost);
  }

  private async take(block: LineBlock, input: InputState): Promise<void> {
    if (input.isCut && block.piece > 1) {
      input.isCut = !block.ended;
      return;
    }
    while (!this.isClosed && !this.isStalled && (this.isFull() || this.isInLineOfOther(input))) {
      if (await happensWithin(this.clock, STALL_MS, this.progress.promise)) continue;
      // The other input has not ended its line for too long, so this one starts a new line.
      if (!this.isFull()) break;
      this.isStalled = true;
    }
    if (this.isClosed) return void (this.counts.dropped += linesEndingIn(block));
    if (this.isStalled) return this.drop(block, input);
    this.counts.relayed += linesEndingIn(block);
    const isContinued = this.lineOwner === input;
    this.queue(input.format(block, isContinued), isContinued);
    this.lineOwner = this.endsInLine ? input : undefined;
    if (isContinued && !this.endsInLine) this.noteProgress();
  }

  private isFull(): boolean {
    return this.waitingBytes >= SINK_BUFFER_BYTES;
  }

  private isInLineOfOther(input: InputState): boolean {
    return this.lineOwner !== undefined && this.lineOwner !== input;
  }

  private drop({ bytes, piece, ended }: LineBlock, input: InputState): void {
    this.noteDropped(piece > 0 ? 1 : countLines(bytes));
    input.isCut = !ended;
    if (this.lineOwner === input) this.lineOwner = undefined;
  }

  private noteDropped(lines: number): void {
    this.dropped += lines;
    this.counts.dropped += lines;
  }

  private queue(bytes: Uint8Array, isContinued: boolean): void {
    const start = isContinued ? "" : this.endsInLine ? "\n" : this.lineStart;
    if (bytes.length + start.length === 0) return;
    // A small part is copied, because a view of it would keep its whole buffer in memory.
    const isSmallPart = 2 * bytes.length < bytes.buffer.byteLength;
    const own = start
      ? concatBytes([new TextEncoder().encode(start), bytes])
      : isSmallPart
      ? bytes.slice()
      : bytes;
    this.waiting.push(own);
    this.waitingBytes += own.length;
    this.endsInLine = !endsWithNewline(bytes);
    if (!this.isWriting) this.writeOut();
  }

  private async writeOut(): Promise<void> {
    this.isWriting = true;
    while (this.waiting.length > 0 && !this.isClosed) {
      const bytes = this.nextToWrite();
      const count = await this.tryToWrite(bytes);
      if (this.isClosed) break;
      this.waitingBytes -= count;
      const rest = this.waiting[0]!.subarray(count);
      if (rest.length > 0) this.waiting[0] = rest;
      else this.waiting.shift();
      if (count > 0) this.noteProgress();
    }
    this.isWriting = false;
    this.noteProgress();
  }

  /** Joins small blocks. What it returns stays the first in `waiting`, so that it counts as unread until written. */
  private nextToWrite(): Uint8Array {
    let count = 0;
    for (let size = 0; count < this.waiting.length; count++) {
      size += this.waiting[count]!.length;
      if (size > WRITE_BYTES) break;
    }
    if (count > 1) this.waiting.unshift(concatBytes(this.waiting.splice(0, count)));
    return this.waiting[0]!.subarray(0, WRITE_BYTES);
  }

  /** Returns the number of bytes written; after a pause 0, if the write failed. */
  private async tryToWrite(bytes: Uint8Array): Promise<number> {
    try {
      return await this.output.write(bytes);
    } catch (error) {
      const { code = "", message } = error as Error & { code?: string };
      if (CLOSED_CODES.includes(code)) this.close(message);
      // Temporary: a full disk, or a full pipe that another process has made non-blocking.
      else await this.clock.sleep(RETRY_MS);
      return 0;
    }
  }

  private close(reason: string): void {
    this.isClosed = true;
    this.waiting = [];
    this.waitingBytes = this.dropped = 0;
    this.events.onClosed(reason);
  }

  private noteProgress(): void {
    this.progress.resolve();
    this.progress = Promise.withResolvers();
    // A stall ends at half the buffer. Otherwise a reader that takes little would stall the children over and over.
    if (!this.isStalled || this.waitingBytes > SINK_BUFFER_BYTES / 2) return;
    this.isStalled = false;
    const dropped = this.dropped;
    this.dropped = 0;
    if (dropped > 0) this.events.onResumed(dropped);
  }
}

/** A line in pieces counts with its last one. */
function linesEndingIn({ bytes, piece, ended }: LineBlock): number {
  return piece === 0 ? countLines(bytes) : ended ? 1 : 0;
}

interface InputState {
  readonly format: LineFormat;
  /** A piece of a long line was dropped, so the pieces that follow are dropped too. */
  isCut: boolean;
}

/** Errors after which no write can succeed. */
const CLOSED_CODES = ["EPIPE", "ECONNRESET", "ENOTCONN", "ESHUTDOWN", "EBADF", "EIO", "ENXIO"];
