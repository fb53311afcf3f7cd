/** A terminal under tmux, for tests that type and read the screen. */

import { until } from "../waiting.ts";
import { baseEnvironment } from "../environment.ts";
import { withHiddenPaths } from "../machine/hidden_paths.ts";
import { type FamilyMark, killFamily } from "../machine/launch_processes.ts";

export interface TmuxOptions {
  /** Contains tmux's socket; the working directory of its shells. Processes in it are killed at the end. */
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
    // A separate server: its socket is in this folder.
    this.#env = {
      TMUX_TMPDIR: folder,
      PAIR_TEST_ID: id,
      TERM: "screen",
      LC_ALL: "C.UTF-8",
      ...env,
    };
    this.#mark = { variable: `PAIR_TEST_ID=${id}`, folder };
  }

  /** Opens one window with a plain shell, and waits for its prompt. */
  static async open(options: TmuxOptions): Promise<Tmux> {
    const tmux = new Tmux(options);
    const size = ["-x", `${options.columns}`, "-y", `${options.rows}`];
    const session = ["new-session", "-d", ...size, "-c", options.folder, SHELL];
    try {
      await tmux.#run(["-f", "/dev/null", ...session], withHiddenPaths());
      await tmux.line(0, PROMPT);
    } catch (error) {
      await tmux[Symbol.asyncDispose]();
      throw error;
    }
    return tmux;
  }

  /** Opens a window and waits for its prompt. @returns its index */
  async newWindow(): Promise<number> {
    const format = "#{window_index}";
    const window = Number(await this.#run(["new-window", "-d", "-P", "-F", format, SHELL]));
    await this.line(window, PROMPT);
    return window;
  }

  /** Closes its terminal, as a window of a desktop does. */
  async closeWindow(window: number): Promise<void> {
    await this.#run(["kill-window", "-t", `:${window}`]);
  }

  async type(window: number, line: string): Promise<void> {
    await this.#run(["send-keys", "-t", `:${window}`, "-l", line]);
    await this.press(window, "Enter");
  }

  /** @param key as tmux names it */
  async press(window: number, key: string): Promise<void> {
    await this.#run(["send-keys", "-t", `:${window}`, key]);
  }

  /** The lines of the screen and its history; wrapped lines are joined. */
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

  async #run(args: string[], prefix: string[] = []): Promise<string> {
    const [command = "", ...words] = [...prefix, "tmux", "-L", NAME, ...args];
    const { code, stdout, stderr } = await new Deno.Command(command, {
      args: words,
      clearEnv: true,
      // Otherwise tmux starts its windows with the tester's login shell.
      env: { ...baseEnvironment(), SHELL: "/bin/sh", ...this.#env },
      cwd: this.#mark.folder,
    }).output();
    if (code !== 0) throw new Error(`tmux ${args[0]}: ${new TextDecoder().decode(stderr)}`);
    return new TextDecoder().decode(stdout);
  }
}

/** A shell with a prompt that no program prints. */
const SHELL = "PS1='typed> ' exec sh";
const PROMPT = /^typed>$/;
