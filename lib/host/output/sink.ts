/** An output of tandem's own, kept by one writer, so that lines of different origin never mix. */

import { type Clock, happensWithin } from "../system/clock.ts";
import type { LineFormat } from "./line_formats.ts";
import { concatBytes, countLines, endsWithNewline, type LineBlock } from "./lines.ts";

export interface Output {
  write(bytes: Uint8Array): Promise<number>;
}

/** What the world is to be told of a sink. */
export interface SinkEvents {
  /** The reader, who had stalled, reads again; so many lines were dropped meanwhile. */
  onMoving(dropped: number): void;
  /** The end has come, and so many lines were never read. */
  onLost(lines: number): void;
  /** The reader has gone away for good. */
  onClosed(reason: string): void;
}

/** One of the streams that a sink takes lines from. */
export interface Inflow {
  readonly format: LineFormat;
  /** A piece of its line was dropped, so what is left of the line goes the same way. */
  isCut: boolean;
}

/** Bytes that wait for a reader. With more than this unread, reading the children stops for a moment. */
export const SINK_BUFFER_BYTES = 1024 * 1024;
/** For so long a full buffer holds the children up, in milliseconds; then it counts as stalled, and lines are dropped. */
export const STALL_MS = 1000;
/** Written at once: small blocks as one, and of a large one so much that a slow reader is seen to read. */
const WRITE_BYTES = 64 * 1024;
/** Until a write is tried again that the output was not ready for, in milliseconds. */
const AGAIN_MS = 10;

export class Sink {
  /** Written before whatever begins a line: it clears away a text that was shown without an end. */
  lineStart = "";
  private waiting: Uint8Array[] = [];
  private waitingBytes = 0;
  private isWriting = false;
  private isStalled = false;
  private isClosed = false;
  private dropped = 0;
  /** Whose line has begun and not ended, where that is so. */
  private lineOf: Inflow | undefined;
  private endsInLine = false;
  private progress = Promise.withResolvers<void>();

  constructor(
    private readonly output: Output,
    private readonly clock: Clock,
    private readonly events: SinkEvents,
  ) {}

  /** Queues a block once there is room, or drops it and counts its lines when the reader has stalled. */
  async take(block: LineBlock, from: Inflow): Promise<void> {
    if (from.isCut && block.piece > 1) {
      from.isCut = !block.ended;
      return;
    }
    while (!this.isClosed && !this.isStalled && (this.isFull() || this.isInLineOfAnother(from))) {
      if (await happensWithin(this.clock, STALL_MS, this.progress.promise)) continue;
      // Whoever does not end a line for so long has it cut.
      if (!this.isFull()) break;
      this.isStalled = true;
    }
    // Nobody will ever read what goes to a closed output.
    if (this.isClosed) return;
    if (this.isStalled) return this.drop(block, from);
    const goesOn = this.lineOf === from;
    this.queue(from.format(block, goesOn), goesOn);
    this.lineOf = this.endsInLine ? from : undefined;
    if (goesOn && !this.endsInLine) this.hasMoved();
  }

  /** For a line of tandem's own: at once, and beyond the limit, because there are few. */
  say(line: string): void {
    if (this.isClosed) return;
    if (this.waitingBytes < 2 * SINK_BUFFER_BYTES) {
      this.queue(new TextEncoder().encode(line), false);
      this.lineOf = undefined;
    } else this.dropped++;
  }

  /** For a text without an end, at the foot of a terminal: the lead of the next line clears it away. */
  show(text: string): void {
    if (this.isClosed || this.endsInLine) return;
    this.queue(new TextEncoder().encode(text), false);
    this.endsInLine = false;
  }

  /** Whether everything that was said is written, and the last line has ended. */
  get isIdle(): boolean {
    return this.waitingBytes === 0 && !this.endsInLine;
  }

  /** Waits until all is written or the output is closed, but no longer than that. */
  async flush(milliseconds: number): Promise<void> {
    const end = this.clock.now() + milliseconds;
    while (this.isWriting && this.clock.now() < end) {
      await happensWithin(this.clock, end - this.clock.now(), this.progress.promise);
    }
  }

  /** `flush`, and what could not be written is given up and told. */
  async finish(milliseconds: number): Promise<void> {
    await this.flush(milliseconds);
    const unread = this.waiting.reduce((sum, bytes) => sum + countLines(bytes), 0);
    const lost = this.dropped + unread;
    this.dropped = 0;
    if (lost > 0) this.events.onLost(lost);
  }

  private isFull(): boolean {
    return this.waitingBytes >= SINK_BUFFER_BYTES;
  }

  private isInLineOfAnother(from: Inflow): boolean {
    return this.lineOf !== undefined && this.lineOf !== from;
  }

  private drop({ bytes, piece, ended }: LineBlock, from: Inflow): void {
    this.dropped += piece > 0 ? 1 : countLines(bytes);
    from.isCut = !ended;
    if (this.lineOf === from) this.lineOf = undefined;
  }

  private queue(bytes: Uint8Array, goesOn: boolean): void {
    const start = goesOn ? "" : this.endsInLine ? "\n" : this.lineStart;
    if (bytes.length + start.length === 0) return;
    // A few bytes would otherwise keep the whole buffer that they were read into.
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
      if (count > 0) this.hasMoved();
    }
    this.isWriting = false;
    this.hasMoved();
  }

  /** Stays the first of those that wait until it is written, so that it counts as unread. */
  private nextToWrite(): Uint8Array {
    let count = 0;
    for (let size = 0; count < this.waiting.length; count++) {
      size += this.waiting[count]!.length;
      if (size > WRITE_BYTES) break;
    }
    if (count > 1) this.waiting.unshift(concatBytes(this.waiting.splice(0, count)));
    return this.waiting[0]!.subarray(0, WRITE_BYTES);
  }

  /** @returns how many bytes were written; 0 for none, after a pause */
  private async tryToWrite(bytes: Uint8Array): Promise<number> {
    try {
      return await this.output.write(bytes);
    } catch (error) {
      const { code = "", message } = error as Error & { code?: string };
      if (GONE.includes(code)) this.close(message);
      // A full disk, or a description that somebody else made non-blocking: it may pass.
      else await this.clock.sleep(AGAIN_MS);
      return 0;
    }
  }

  private close(reason: string): void {
    this.isClosed = true;
    this.waiting = [];
    this.waitingBytes = this.dropped = 0;
    this.events.onClosed(reason);
  }

  private hasMoved(): void {
    this.progress.resolve();
    this.progress = Promise.withResolvers();
    // A reader who takes a little now and then would otherwise hold the children up again and again.
    if (!this.isStalled || this.waitingBytes > SINK_BUFFER_BYTES / 2) return;
    this.isStalled = false;
    const dropped = this.dropped;
    this.dropped = 0;
    if (dropped > 0) this.events.onMoving(dropped);
  }
}

/** Whoever read will not come back, which is no reason to stop serving. */
const GONE = ["EPIPE", "ECONNRESET", "ENOTCONN", "ESHUTDOWN", "EBADF", "EIO", "ENXIO"];
