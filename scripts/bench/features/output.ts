/** What becomes of the log lines. */

import { ask } from "../../../tests/support/traffic/http_client.ts";
import { OutputLines } from "../../../tests/support/output_lines.ts";
import { pause, until } from "../../../tests/support/waiting.ts";
import { run } from "../../build/denort.ts";
import type { Feature } from "../features.ts";
import { yesOrNo } from "./cells.ts";
import { ACT, addAct, ofThePair, serves, start } from "./trial.ts";

const START_MS = 10_000;
const LINE_MS = 5000;

export const logToSocket: Feature = {
  name: "logs to a socket",
  question:
    "If stdout and stderr are a socket, as under systemd, does the pair start and its access log arrive?",
  async decide(candidate, benchFolder) {
    const image = benchFolder.image();
    using journal = new Journal(`${image.folder}/output`);
    await using launch = start(candidate, benchFolder, { image });
    const isServing = await serves(launch, START_MS).then(() => true, () => false);
    if (!isServing) return "does not start";
    const hasLine = until(LINE_MS, "the line", () => journal.text.includes("GET /ping"));
    return yesOrNo(await hasLine.then(() => true, () => false));
  },
};

/** Reads what comes over a unix socket. */
class Journal implements Disposable {
  text = "";
  readonly #listener: Deno.UnixListener;

  constructor(path: string) {
    this.#listener = Deno.listen({ transport: "unix", path });
    this.#read();
  }

  async #read(): Promise<void> {
    try {
      const { readable } = await this.#listener.accept();
      for await (const part of readable.pipeThrough(new TextDecoderStream())) this.text += part;
    } catch (error) {
      // No launcher connected before the end.
      if (!(error instanceof Deno.errors.BadResource)) throw error;
    }
  }

  [Symbol.dispose](): void {
    this.#listener.close();
  }
}

const REQUESTS = 150;
/** More than PIPE_BUF, up to which the kernel keeps a write in one piece. */
const LENGTH = 6000;
const PIECE = 4096;
const WHOLE = new RegExp(`begin-(a{${LENGTH}}|b{${LENGTH}})-end`);
const IDLE_MS = 1500;

export const wholeLogLines: Feature = {
  name: "torn log lines",
  question: `How many of ${
    2 * REQUESTS
  } lines of ${LENGTH} bytes, half of them nginx's and half the app's, are torn in a pipe that is read slowly?`,
  decide: ofThePair(async (candidate, benchFolder) => {
    const image = benchFolder.image();
    const path = `${image.folder}/output`;
    await run(["mkfifo", path]);
    const line = `b"begin-" + b"b" * ${LENGTH} + b"-end\\n"`;
    addAct(image, "import os", `os.write(2, ${line})`);
    const output = slowLines(path);
    await using launch = start(candidate, benchFolder, { image });
    await serves(launch);
    const request = (path: string) =>
      Array.from({ length: REQUESTS }, () => () => ask(image.port, path));
    const pending = request(`/ping?begin-${"a".repeat(LENGTH)}-end`)
      .flatMap((one, index) => [one, request(ACT)[index]!]);
    await Promise.all(Array.from({ length: 16 }, async () => {
      for (let next = pending.pop(); next; next = pending.pop()) await next();
    }));
    const written = 2 * REQUESTS;
    const whole = () => output.lines.filter((line) => WHOLE.test(line)).length;
    await untilIdle(output, () => whole() >= written);
    return `${written - Math.min(written, whole())} of ${written}`;
  }),
};

const SLOWLY = `import sys, time
with open(sys.argv[1], "rb", 0) as pipe:
    while piece := pipe.read(${PIECE}):
        sys.stdout.buffer.write(piece)
        sys.stdout.flush()
        time.sleep(0.001)
`;

/** Opening a fifo blocks, so another process reads it; it ends with the last writer. */
function slowLines(path: string): OutputLines {
  const { stdout } = new Deno.Command("python3", {
    args: ["-c", SLOWLY, path],
    stdin: "null",
    stdout: "piped",
  }).spawn();
  return new OutputLines(stdout);
}

/** Waits until all has come, or nothing more comes. */
async function untilIdle({ lines }: OutputLines, isAll: () => boolean): Promise<void> {
  for (let count = -1; count < lines.length && !isAll();) {
    count = lines.length;
    await pause(IDLE_MS);
  }
}
