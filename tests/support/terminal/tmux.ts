/** A terminal of the tests' own, in which somebody types. */

import { until } from "../waiting.ts";
import { type FamilyMark, killFamily } from "../machine/launch_processes.ts";

export interface TmuxOptions {
  /** Where its socket goes and its shells begin; whatever still runs there at the end is killed. */
  folder: string;
  env: Record<string, string>;
  columns: number;
  rows: number;
}

const NAME = "tandem-e2e";

export class Tmux implements AsyncDisposable {
  readonly #env: Record<string, string>;
  readonly #mark: FamilyMark;

  private constructor({ folder, env }: TmuxOptions) {
    const id = crypto.randomUUID();
    // A server of its own: its socket lies in the folder, under a name that nobody else's tmux has there.
    this.#env = {
      TMUX_TMPDIR: folder,
      PAIR_TEST_ID: id,
      TERM: "screen",
      LC_ALL: "C.UTF-8",
      ...env,
    };
    this.#mark = { variable: `PAIR_TEST_ID=${id}`, folder };
  }

  /** With one window and a plain shell in it. */
  static async open(options: TmuxOptions): Promise<Tmux> {
    const tmux = new Tmux(options);
    const size = ["-x", `${options.columns}`, "-y", `${options.rows}`];
    await tmux.#run(["-f", "/dev/null", "new-session", "-d", ...size, "-c", options.folder, SHELL]);
    return tmux;
  }

  /** @returns the new pane */
  async newWindow(): Promise<number> {
    const format = "#{window_index}";
    return Number(await this.#run(["new-window", "-d", "-P", "-F", format, SHELL]));
  }

  async type(window: number, line: string): Promise<void> {
    await this.#run(["send-keys", "-t", `:${window}`, "-l", line]);
    await this.press(window, "Enter");
  }

  /** By tmux's name of the key. */
  async press(window: number, key: string): Promise<void> {
    await this.#run(["send-keys", "-t", `:${window}`, key]);
  }

  /** What the terminal shows and what has scrolled off it; lines that wrapped are whole again. */
  async screen(window: number): Promise<string[]> {
    const text = await this.#run(["capture-pane", "-p", "-J", "-S", "-", "-t", `:${window}`]);
    return text.split("\n").map((line) => line.trimEnd());
  }

  /** Waits until a line of the terminal matches. */
  async line(window: number, pattern: RegExp, milliseconds = 20_000): Promise<string> {
    let lines: string[] = [];
    try {
      return await until(milliseconds, `a line like ${pattern}`, async () => {
        lines = await this.screen(window);
        return lines.find((line) => pattern.test(line));
      });
    } catch (error) {
      throw new Error(`${(error as Error).message}; the terminal shows:\n${lines.join("\n")}`);
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#run(["kill-server"]).catch(() => {});
    await killFamily(this.#mark);
  }

  async #run(args: string[]): Promise<string> {
    const { code, stdout, stderr } = await new Deno.Command("tmux", {
      args: ["-L", NAME, ...args],
      clearEnv: true,
      env: { PATH: Deno.env.get("PATH") ?? "", HOME: "/", ...this.#env },
      cwd: this.#mark.folder,
    }).output();
    if (code !== 0) throw new Error(`tmux ${args[0]}: ${new TextDecoder().decode(stderr)}`);
    return new TextDecoder().decode(stdout);
  }
}

/** Without anybody's profile, and with a prompt that no program prints. */
const SHELL = "PS1='typed> ' exec sh";
