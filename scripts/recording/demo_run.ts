/** Runs `tandem demo` in a pseudo-terminal, and curl beside it as from another shell. */

import { pause, until, within } from "../../tests/support/waiting.ts";
import type { Output } from "./terminal_lines.ts";

export interface DemoRecording {
  tandem: Output[];
  shell: Output[];
}

const URL = "http://127.0.0.1:8080";
const CTRL_C = new Uint8Array([3]);
/** The pace of somebody who types. */
const TYPING_MS = 1500;
const DEADLINE_MS = 60_000;

/** @throws {Error} if the run does not lead to the end that the recording shows */
export async function recordDemo(executable: string): Promise<DemoRecording> {
  const folder = await Deno.makeTempDir({ prefix: "tandem-recording-" });
  try {
    await Deno.symlink(executable, `${folder}/tandem`);
    return await record({
      PATH: `${folder}:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin`,
      HOME: folder,
      TERM: "xterm",
      LC_ALL: "C.UTF-8",
    });
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

async function record(env: Record<string, string>): Promise<DemoRecording> {
  const begin = performance.now();
  const recording: DemoRecording = { tandem: [], shell: [] };
  const note = (outputs: Output[], text: string) =>
    outputs.push({ at: performance.now() - begin, text });
  const curl = async (...args: string[]) => {
    note(recording.shell, `$ curl ${args.join(" ")}\n`);
    const { success, stdout } = await new Deno.Command("curl", { args, env, clearEnv: true })
      .output();
    if (!success) throw new Error(`curl ${args.join(" ")} was not answered`);
    note(recording.shell, `${new TextDecoder().decode(stdout).trimEnd()}\n`);
  };

  note(recording.tandem, "$ tandem demo\n");
  await using terminal = new Terminal(
    "exec tandem demo",
    env,
    (text) => note(recording.tandem, text),
  );
  await terminal.shows(/ready in .*\r\n/);
  await pause(TYPING_MS);
  await curl("-s", "-d", "hello", `${URL}/invocations`);
  await pause(TYPING_MS);
  const slow = curl("-s", `${URL}/slow`);
  await pause(TYPING_MS);
  await terminal.type(CTRL_C);
  await slow;
  await terminal.end();
  return recording;
}

/** A command in a pseudo-terminal of util-linux's `script`. */
class Terminal implements AsyncDisposable {
  readonly #child: Deno.ChildProcess;
  readonly #read: Promise<void>;
  readonly #keyboard: WritableStreamDefaultWriter<Uint8Array>;
  #text = "";

  constructor(command: string, env: Record<string, string>, onOutput: (text: string) => void) {
    const child = new Deno.Command("script", {
      args: ["-q", "-f", "-e", "-c", command, "/dev/null"],
      stdin: "piped",
      stdout: "piped",
      env,
      clearEnv: true,
    }).spawn();
    this.#child = child;
    this.#keyboard = child.stdin.getWriter();
    this.#read = (async () => {
      for await (const text of child.stdout.pipeThrough(new TextDecoderStream())) {
        this.#text += text;
        onOutput(text);
      }
    })();
  }

  async shows(pattern: RegExp): Promise<void> {
    try {
      const shown = until(DEADLINE_MS, `output like ${pattern}`, () => pattern.test(this.#text));
      await Promise.race([shown, this.end().then(() => shown)]);
    } catch (error) {
      throw new Error(`${(error as Error).message}; the terminal shows:\n${this.#text}`);
    }
  }

  async type(keys: Uint8Array): Promise<void> {
    await this.#keyboard.write(keys);
  }

  /** Waits for the command's end. @throws {Error} if it fails */
  async end(): Promise<void> {
    const { code } = await within(DEADLINE_MS, "the end of the command", this.#child.status);
    await this.#read;
    if (code !== 0) throw new Error(`The command exited with ${code}`);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#keyboard.close().catch(() => {});
    try {
      this.#child.kill("SIGTERM");
    } catch {
      // It has exited.
    }
    await this.#child.status;
  }
}
