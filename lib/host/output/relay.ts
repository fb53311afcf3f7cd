/** Copies the children's output to tandem's own, line by line, and never stops reading it. */

import { type Clock, happensWithin } from "../system/clock.ts";
import type { ChildStream, OutputReader } from "../process/child.ts";
import type { LineFormat } from "./line_formats.ts";
import { LineSplitter } from "./line_splitter.ts";
import type { TracebackJoiner } from "./tracebacks.ts";
import type { LineBlock } from "./lines.ts";
import type { Sink } from "./sink.ts";
import type { StreamName } from "../../plan/output_plan.ts";

/**
 * Pause after a read of fewer than SMALL_READ bytes, in milliseconds. Without it each line of a busy nginx is read on
 * its own, at ten times the cost; the pipe is far from full after the pause.
 */
const SMALL_READ_PAUSE_MS = 2;
const SMALL_READ = 16 * 1024;
/** How long a traceback may take from its first line to its last; most are written at once. */
const TRACEBACK_MS = 250;

export interface Relay extends OutputReader {
  /** Waits until the children's output is read to its end, then until it is written, each no longer than the time. */
  finish(milliseconds: number): Promise<void>;
}

export interface RelayOptions {
  /** For each stream, if tracebacks are to be joined. */
  openJoiner?: () => TracebackJoiner;
  /** Called once whole lines are queued or dropped. */
  onLines?: (source: ChildStream, bytes: Uint8Array) => void;
}

export function openRelay(
  sinks: Record<StreamName, Sink>,
  formatFor: (source: ChildStream) => LineFormat,
  clock: Clock,
  { openJoiner, onLines }: RelayOptions = {},
): Relay {
  const pumps: Pump[] = [];
  return {
    carry(stream, source) {
      const watch = onLines && ((bytes: Uint8Array) => onLines(source, bytes));
      const sink = sinks[source.stream];
      pumps.push(startPump(stream, sink, formatFor(source), clock, openJoiner?.(), watch));
    },
    async finish(milliseconds) {
      const all = Promise.all(pumps.map(({ ended }) => ended));
      // An orphan of the app may hold the pipe open for ever.
      if (!await happensWithin(clock, milliseconds, all)) {
        const unfinished = Promise.all(pumps.map((pump) => pump.endLine()));
        await happensWithin(clock, milliseconds, unfinished);
      }
      const distinct = new Set([sinks.stdout, sinks.stderr]);
      await Promise.all([...distinct].map((sink) => sink.finish(milliseconds)));
    },
  };
}

interface Pump {
  ended: Promise<void>;
  /** Passes on an unfinished line as if it had ended. */
  endLine(): Promise<void>;
}

function startPump(
  stream: ReadableStream<Uint8Array>,
  sink: Sink,
  format: LineFormat,
  clock: Clock,
  joiner?: TracebackJoiner,
  onLines?: (bytes: Uint8Array) => void,
): Pump {
  const reader = stream.getReader();
  const splitter = new LineSplitter();
  const input = sink.input(format);
  let holdEnd = 0;
  return { ended: pump(), endLine: () => deliverLast() };

  async function pump(): Promise<void> {
    for (;;) {
      const chunk = await next();
      if (!chunk) return await deliverLast();
      await deliver(splitter.push(chunk));
      if (chunk.length < SMALL_READ) await clock.sleep(SMALL_READ_PAUSE_MS);
    }
  }

  /** `undefined` at the end of the stream. A read error counts as its end; the child's exit is noticed elsewhere. */
  async function next(): Promise<Uint8Array | undefined> {
    const read = reader.read().then(({ value }) => value, () => undefined);
    if (
      joiner?.isHolding && !await happensWithin(clock, Math.max(0, holdEnd - clock.now()), read)
    ) {
      await take(joiner.flush());
    }
    return await read;
  }

  async function deliver(blocks: LineBlock[]): Promise<void> {
    if (!joiner) return await take(blocks);
    for (const block of blocks) {
      const wasHolding = joiner.isHolding;
      const joined = joiner.push(block);
      // A traceback that begins in the block that ends another gets no time of its own.
      if (!wasHolding) holdEnd = clock.now() + TRACEBACK_MS;
      await take(joined);
    }
  }

  async function deliverLast(): Promise<void> {
    await deliver(splitter.end());
    if (joiner) await take(joiner.flush());
  }

  async function take(blocks: LineBlock[]): Promise<void> {
    for (const block of blocks) {
      await input.take(block);
      if (block.piece === 0) onLines?.(block.bytes);
    }
  }
}
