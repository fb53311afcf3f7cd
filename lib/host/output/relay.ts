/** Carries the children's output to tandem's own, line by line, without ever ceasing to read. */

import { type Clock, happensWithin } from "../system/clock.ts";
import type { ChildStream, OutputReader } from "../process/child.ts";
import type { LineFormat } from "./line_formats.ts";
import { LineSplitter } from "./line_splitter.ts";
import type { LineBlock } from "./lines.ts";
import type { Inflow, Sink } from "./sink.ts";
import type { StreamName } from "../../plan/output_plan.ts";

/**
 * So long after a read that found little nothing is read, in milliseconds. A busy nginx would otherwise have every
 * line of its own read by itself; so they are read together, at a tenth of the cost and long before the pipe is full.
 */
const GATHERING_MS = 2;
const LITTLE_BYTES = 16 * 1024;

export interface Relay extends OutputReader {
  /** Waits until all that the children wrote has been read and written, within a bound. */
  finish(milliseconds: number): Promise<void>;
}

export function openRelay(
  sinks: Record<StreamName, Sink>,
  formatFor: (source: ChildStream) => LineFormat,
  clock: Clock,
): Relay {
  const pumps: Pump[] = [];
  return {
    carry(stream, source) {
      pumps.push(startPump(stream, sinks[source.stream], formatFor(source), clock));
    },
    async finish(milliseconds) {
      const all = Promise.all(pumps.map(({ ended }) => ended));
      // A process that the app left behind may hold the pipe open for ever.
      if (!await happensWithin(clock, milliseconds, all)) {
        const rests = Promise.all(pumps.map((pump) => pump.giveUp()));
        await happensWithin(clock, milliseconds, rests);
      }
      const each = new Set([sinks.stdout, sinks.stderr]);
      await Promise.all([...each].map((sink) => sink.finish(milliseconds)));
    },
  };
}

interface Pump {
  ended: Promise<void>;
  /** Passes on the beginning of a line whose end does not come. */
  giveUp(): Promise<void>;
}

function startPump(
  stream: ReadableStream<Uint8Array>,
  sink: Sink,
  format: LineFormat,
  clock: Clock,
): Pump {
  const reader = stream.getReader();
  const splitter = new LineSplitter();
  const inflow: Inflow = { format, isCut: false };
  return { ended: pump(), giveUp: () => deliver(splitter.end()) };

  async function pump(): Promise<void> {
    for (;;) {
      const chunk = await next();
      await deliver(chunk ? splitter.push(chunk) : splitter.end());
      if (!chunk) return;
      if (chunk.length < LITTLE_BYTES) await clock.sleep(GATHERING_MS);
    }
  }

  /** A pipe that cannot be read has ended; the child itself is watched elsewhere. */
  async function next(): Promise<Uint8Array | undefined> {
    try {
      return (await reader.read()).value;
    } catch {
      return undefined;
    }
  }

  async function deliver(blocks: LineBlock[]): Promise<void> {
    for (const block of blocks) await sink.take(block, inflow);
  }
}
