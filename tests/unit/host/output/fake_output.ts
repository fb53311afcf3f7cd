import type { Output, SinkEvents } from "../../../../lib/host/output/sink.ts";

/** An output whose reader can stall, take a few bytes at a time, or fail. */
export class FakeOutput implements Output {
  text = "";
  writes = 0;
  /** The most bytes that one write takes. */
  atMost = Infinity;
  /** Error codes of the next writes, one each. */
  failures: string[] = [];
  #moving = Promise.resolve();
  #resume = () => {};
  #fail = (_: Error) => {};

  stall(): void {
    this.resume();
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    this.#moving = promise;
    this.#resume = resolve;
    this.#fail = reject;
  }

  resume(): void {
    this.#resume();
  }

  /** Makes every write fail from now on; a stalled one at once. */
  fail(code: string): void {
    this.#fail(withCode(code));
  }

  async write(bytes: Uint8Array): Promise<number> {
    await this.#moving;
    const failure = this.failures.shift();
    if (failure) throw withCode(failure);
    const count = Math.min(bytes.length, this.atMost);
    this.text += new TextDecoder().decode(bytes.subarray(0, count));
    this.writes++;
    return count;
  }
}

function withCode(code: string): Error {
  return Object.assign(new Error(code), { code });
}

/** A listener that records the events of a sink, and counts the lines that it dropped or lost. */
export function sinkEvents() {
  const events: string[] = [];
  const counts = { dropped: 0 };
  const record = (event: string) => (lines: number) => {
    events.push(`${event} ${lines}`);
    counts.dropped += lines;
  };
  const listener: SinkEvents = {
    onResumed: record("dropped"),
    onLost: record("lost"),
    onClosed: (reason) => void events.push(`closed ${reason}`),
  };
  return { events, counts, listener };
}
