import { until, within } from "./waiting.ts";

const TAIL_LINES = 60;
const TAIL_WIDTH = 500;

/** Reads a stream to its end, line by line, from the start on: a pipe that nobody reads would hold up its writers. */
export class OutputLines {
  readonly lines: string[] = [];
  /** Settles at the stream's end, which comes when the last process that holds it is gone. */
  readonly closed: Promise<void>;

  constructor(stream: ReadableStream<Uint8Array>) {
    this.closed = this.read(stream);
  }

  get text(): string {
    return this.lines.map((line) => `${line}\n`).join("");
  }

  /** As much of the end as a person reads. */
  get tail(): string {
    const left = this.lines.length - TAIL_LINES;
    const last = this.lines.slice(-TAIL_LINES).map((line) => `${line.slice(0, TAIL_WIDTH)}\n`);
    return (left > 0 ? `(${left} lines before)\n` : "") + last.join("");
  }

  /** The first line that matches, among those that came and those to come. */
  line(pattern: RegExp, milliseconds: number): Promise<string> {
    return until(
      milliseconds,
      `a line like ${pattern}`,
      () => this.lines.find((line) => pattern.test(line)),
    );
  }

  /** Waits for the end. @throws when somebody still holds the stream */
  async end(milliseconds: number): Promise<void> {
    await within(
      milliseconds,
      "the end of the output, which some process still holds",
      this.closed,
    );
  }

  private async read(stream: ReadableStream<Uint8Array>): Promise<void> {
    let rest = "";
    for await (const text of stream.pipeThrough(new TextDecoderStream())) {
      const parts = (rest + text).split("\n");
      rest = parts.pop()!;
      this.lines.push(...parts);
    }
    if (rest) this.lines.push(rest);
  }
}
