/** An output of tandem's own, kept by one writer, so that lines of different origin never mix. */

import { type Clock, happensWithin } from "./clock.ts";
import { endsWithNewline, joined } from "./lines.ts";

export interface Output {
  write(bytes: Uint8Array): Promise<number>;
}

/** Bytes that wait for a reader. With more than this unread, reading the children stops for a moment. */
export const SINK_BUFFER_BYTES = 1024 * 1024;
/** For so long a full buffer holds the children up, in milliseconds; then it counts as stalled, and lines are dropped. */
export const STALL_MS = 250;

const encoder = new TextEncoder();

export class Sink {
  /** Written before whatever begins a line: it clears away a text that was shown without an end. */
  lead = "";
  private readonly waiting: Uint8Array[] = [];
  private waitingBytes = 0;
  private isWriting = false;
  private isStalled = false;
  private isClosed = false;
  private dropped = 0;
  /** A line too long is passed on in pieces, between which nothing else may come. */
  private isInLine = false;
  private progress = Promise.withResolvers<void>();

  /** @param onMoving told how many lines were dropped, once the reader reads again */
  constructor(
    private readonly output: Output,
    private readonly clock: Clock,
    private readonly onMoving: (dropped: number) => void,
  ) {}

  /** Queues whole lines, or drops and counts them when the reader has stalled. */
  async take(bytes: Uint8Array, countLines: () => number): Promise<void> {
    // Nobody will ever read what goes to a closed output.
    if (this.isClosed || bytes.length === 0) return;
    while (this.isFull() && !this.isStalled) {
      const moved = await happensWithin(this.clock, STALL_MS, this.progress.promise);
      if (!moved) this.isStalled = true;
    }
    if (this.isFull()) this.dropped += countLines();
    else {
      this.queue(bytes);
      this.isInLine = !endsWithNewline(bytes);
    }
  }

  /** For a line of tandem's own: at once, and beyond the limit, because there are few. */
  say(line: string): void {
    if (!this.isClosed && this.waitingBytes < 2 * SINK_BUFFER_BYTES) {
      this.queue(encoder.encode(line));
    }
  }

  /** Whether everything that was said is written, and the last line has ended. */
  get isIdle(): boolean {
    return this.waitingBytes === 0 && !this.isInLine;
  }

  /** Waits until all is written or the output is closed, but no longer than that. */
  async flush(milliseconds: number): Promise<void> {
    const end = this.clock.now() + milliseconds;
    while (this.isWriting && this.clock.now() < end) {
      await happensWithin(this.clock, end - this.clock.now(), this.progress.promise);
    }
  }

  private queue(text: Uint8Array): void {
    const bytes = this.lead && !this.isInLine ? joined([encoder.encode(this.lead), text]) : text;
    this.waiting.push(bytes);
    this.waitingBytes += bytes.length;
    if (!this.isWriting) this.writeOut();
  }

  private isFull(): boolean {
    return this.waitingBytes >= SINK_BUFFER_BYTES;
  }

  private async writeOut(): Promise<void> {
    this.isWriting = true;
    try {
      for (let bytes = this.waiting[0]; bytes && !this.isClosed; bytes = this.waiting[0]) {
        const count = await this.output.write(bytes);
        this.waitingBytes -= count;
        if (count < bytes.length) this.waiting[0] = bytes.subarray(count);
        else this.waiting.shift();
        this.hasMoved();
      }
    } catch {
      // EPIPE: whoever read has gone away, which is no reason to stop serving.
      this.isClosed = true;
      this.waiting.length = this.waitingBytes = 0;
    }
    this.isWriting = false;
    this.hasMoved();
  }

  private hasMoved(): void {
    this.isStalled = false;
    this.progress.resolve();
    this.progress = Promise.withResolvers();
    if (this.dropped === 0 || this.isFull()) return;
    const dropped = this.dropped;
    this.dropped = 0;
    this.onMoving(dropped);
  }
}
