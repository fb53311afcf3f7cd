/** Carries the children's output to tandem's own, line by line, without ever ceasing to read. */

import { type Clock, happensWithin } from "./clock.ts";
import type { Format, Source, StreamName } from "./line_formats.ts";
import { type Block, countLines, LineSplitter } from "./lines.ts";
import type { Sink } from "./sink.ts";

export interface Relay {
  carry(stream: ReadableStream<Uint8Array>, source: Source): void;
  /** Waits until all that the children wrote has been read and written, within a bound. */
  finish(milliseconds: number): Promise<void>;
}

export function openRelay(
  sinks: Record<StreamName, Sink>,
  formatFor: (source: Source) => Format,
  clock: Clock,
): Relay {
  const pumps: Promise<void>[] = [];
  return {
    carry(stream, source) {
      pumps.push(pump(stream, sinks[source.stream], formatFor(source)));
    },
    async finish(milliseconds) {
      // A process that the app left behind may hold the pipe open for ever.
      await happensWithin(clock, milliseconds, Promise.all(pumps));
      await Promise.all([sinks.stdout.flush(milliseconds), sinks.stderr.flush(milliseconds)]);
    },
  };
}

async function pump(stream: ReadableStream<Uint8Array>, sink: Sink, format: Format): Promise<void> {
  const reader = stream.getReader();
  const splitter = new LineSplitter();
  for (;;) {
    const { value, done } = await reader.read();
    await carry(done ? splitter.end() : splitter.push(value));
    if (done) return;
  }

  async function carry(blocks: Block[]): Promise<void> {
    for (const block of blocks) await sink.take(format(block), () => countLines(block));
  }
}
