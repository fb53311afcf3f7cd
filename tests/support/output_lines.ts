import { until, within } from "./waiting.ts";

const TAIL_LINES = 60;
const TAIL_WIDTH = 500;

/** Reads all lines of a stream from the start: the writers to a pipe without a reader would block. */
export class OutputLines {
  readonly lines: string[] = [];
  /** Settles at the end of the stream, when the last process that holds it open has exited. */
  readonly closed: Promise<void>;

  constructor(stream: ReadableStream<Uint8Array>) {
    this.closed = this.read(stream);
  }

  get text(): string {
    return this.lines.map((line) => `${line}\n`).join("");
  }

  /** The last lines, cut to a readable size. */
  get tail(): string {
    const left = this.lines.length - TAIL_LINES;
    const last = this.lines.slice(-TAIL_LINES).map((line) => `${line.slice(0, TAIL_WIDTH)}\n`);
    return (left > 0 ? `(${left} lines before)\n` : "") + last.join("");
  }

  /** Waits for the first line that matches. */
  line(pattern: RegExp, milliseconds: number): Promise<string> {
    return until(
      milliseconds,
      `a line like ${pattern}`,
      () => this.lines.find((line) => pattern.test(line)),
    );
  }

  /** Waits for the end of the stream. @throws if a process still holds it open */
  async end(milliseconds: number): Promise<void> {
    await within(
      milliseconds,
      "the end of the output, which a process still holds open",
      this.closed,
    );
  }

  private async read(stream: ReadableStream<Uint8Array>): Promise<void> {
    // In pieces, because a line can have many megabytes.
    let rest: string[] = [];
    for await (const text of stream.pipeThrough(new TextDecoderStream())) {
      const [first = "", ...further] = text.split("\n");
      rest.push(first);
      if (further.length === 0) continue;
      const last = further.pop()!;
      this.lines.push(rest.join(""), ...further);
      rest = [last];
    }
    const end = rest.join("");
    if (end) this.lines.push(end);
  }
}
