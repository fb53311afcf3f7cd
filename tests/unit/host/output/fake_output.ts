import type { Output, SinkEvents } from "../../../../lib/host/output/sink.ts";

/** A reader that can be made to stall, to take little, to fail. */
export class FakeOutput implements Output {
  text = "";
  writes = 0;
  /** Bytes that one write takes. */
  atMost = Infinity;
  /** Codes that the next writes fail with. */
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

  /** Ends a stall, for good. */
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

/** Notes what a sink tells, in words and in sum. */
export function sinkEvents() {
  const events: string[] = [];
  const counts = { dropped: 0 };
  const note = (word: string) => (lines: number) => {
    events.push(`${word} ${lines}`);
    counts.dropped += lines;
  };
  const listener: SinkEvents = {
    onMoving: note("dropped"),
    onLost: note("lost"),
    onClosed: (reason) => void events.push(`closed ${reason}`),
  };
  return { events, counts, listener };
}
