/** A container without an engine: a root file system of its own, and a pid namespace whose PID 1 runs a supervisor. */

import { inRoot } from "../../matrix/in_root.ts";
import type { Edition } from "../../support/editions.ts";
import { baseEnvironment } from "../../support/environment.ts";
import { exists } from "../../support/image.ts";
import { makeOpenFolder } from "../../support/machine/open_folder.ts";
import {
  killByPid,
  type ProcessEntry,
  processes,
  readEntry,
} from "../../support/machine/process_table.ts";
import { OutputLines } from "../../support/output_lines.ts";
import { repository } from "../../support/paths.ts";
import { until } from "../../support/waiting.ts";

/** Generous, for a busy machine. */
export const PATIENCE_MS = 60_000;

/** In the container: the supervisor's exit status, once it has ended. */
const ENDED = "/run/supervisor-ended";
const STARTED = "/run/supervisor-started";

/**
 * The supervisor is not PID 1 itself, so that what it leaves behind can be seen. The shell reaps orphans, as PID 1 has
 * to, while it waits.
 */
const INIT = `set -e
ln -s "$1" /usr/local/bin/tandem
cp -a "$2/." /
: >${STARTED}
shift 2
set +e
"$@" &
wait $!
echo $? >${ENDED}
while :; do sleep 1; done`;

export interface ContainerOptions {
  edition: Edition;
  /** Paths below deploy/, and where they are in the image, byte for byte. */
  deploy: Record<string, string>;
  /** Texts of further files. */
  files: Record<string, string>;
  /** Ends with the supervisor. */
  command: readonly string[];
}

export class Container implements AsyncDisposable {
  readonly output: OutputLines;
  readonly #folder: string;
  readonly #process: Deno.ChildProcess;
  readonly #ended: Promise<Deno.CommandStatus>;
  #init = 0;

  private constructor(root: string, { edition, deploy, files, command }: ContainerOptions) {
    this.#folder = makeOpenFolder();
    const image = `${this.#folder}/image`;
    for (const [from, to] of Object.entries(deploy)) {
      copy(`${repository}/deploy/${from}`, `${image}${to}`);
    }
    for (const [path, text] of Object.entries(files)) {
      Deno.mkdirSync(parentOf(`${image}${path}`), { recursive: true });
      Deno.writeTextFileSync(`${image}${path}`, text, { mode: 0o755 });
    }
    this.#process = new Deno.Command("setpriv", {
      args: [
        // Everything ends with this process.
        ...["--pdeathsig", "KILL", "unshare"],
        ...["--mount", "--pid", "--fork", "--kill-child"],
        ...inRoot(root, [this.#folder, parentOf(edition.path)], true),
        ...["/bin/sh", "-c", `exec 2>&1\n${INIT}`, "sh", edition.path, image, ...command],
      ],
      cwd: this.#folder,
      clearEnv: true,
      env: baseEnvironment(),
      stdin: "null",
      stdout: "piped",
    }).spawn();
    this.#ended = this.#process.status;
    this.output = new OutputLines(this.#process.stdout);
  }

  static async start(root: string, options: ContainerOptions): Promise<Container> {
    const container = new Container(root, options);
    try {
      let hasEnded = false;
      container.#ended.then(() => hasEnded = true);
      container.#init = await until(PATIENCE_MS, "the start of the container", () => {
        if (hasEnded) throw new Error("The container has ended");
        const init = processes().find(({ parent }) => parent === container.#process.pid)?.pid;
        return init !== undefined && exists(`/proc/${init}/root${STARTED}`) ? init : undefined;
      });
      return container;
    } catch (error) {
      await container[Symbol.asyncDispose]();
      throw new Error(`${(error as Error).message}\n${container.output.tail}`);
    }
  }

  /** Runs a command in the container to its end. */
  async run(...command: readonly string[]): Promise<{ code: number; output: string }> {
    const { code, stdout, stderr } = await new Deno.Command("nsenter", {
      args: ["--target", `${this.#init}`, "--mount", "--pid", "--root", "--wd", ...command],
      clearEnv: true,
      env: baseEnvironment(),
      stdin: "null",
    }).output();
    const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes);
    return { code, output: (text(stdout) + text(stderr)).trim() };
  }

  /** @returns "" if there is no such file */
  read(path: string): string {
    return exists(this.#inside(path)) ? Deno.readTextFileSync(this.#inside(path)) : "";
  }

  write(path: string, text: string): void {
    Deno.writeTextFileSync(this.#inside(path), text);
  }

  /** All processes but PID 1 and its helper, with their pids outside. */
  processes(): ProcessEntry[] {
    const namespace = namespaceOf(this.#init);
    return processes().filter(({ pid, parent, name }) =>
      pid !== this.#init && namespaceOf(pid) === namespace &&
      !(name === "sleep" && parent === this.#init)
    );
  }

  /** The pids of the processes that are called so and live. */
  find(name: string): number[] {
    return this.processes().filter((one) => one.name === name && one.state !== "Z")
      .map(({ pid }) => pid);
  }

  /** The pid of nginx's or gunicorn's master: the one whose parent is no process of that name. */
  master(name: "nginx" | "gunicorn"): number | undefined {
    const all = this.find(name);
    return all.find((pid) => !all.includes(readEntry(pid)?.parent ?? 0));
  }

  signalSupervisor(signal: Deno.Signal): void {
    const supervisor = processes().find(({ parent, name }) =>
      parent === this.#init && name !== "sleep"
    );
    if (supervisor) killByPid(supervisor.pid, signal);
  }

  /** Waits until the supervisor has ended. @returns its exit status */
  ended(): Promise<number> {
    return until(PATIENCE_MS, "the end of the supervisor", () => {
      const text = this.read(ENDED);
      return text.endsWith("\n") ? Number(text) : undefined;
    });
  }

  #inside(path: string): string {
    return `/proc/${this.#init}/root${path}`;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    // It takes its pid namespace with it.
    killByPid(this.#process.pid, "SIGKILL");
    await this.#ended;
    await this.output.closed;
    Deno.removeSync(this.#folder, { recursive: true });
  }
}

function namespaceOf(pid: number): string | undefined {
  try {
    return Deno.readLinkSync(`/proc/${pid}/ns/pid`);
  } catch {
    return undefined;
  }
}

function copy(from: string, to: string): void {
  Deno.mkdirSync(parentOf(to), { recursive: true });
  const { success, stderr } = new Deno.Command("cp", { args: ["-a", from, to] }).outputSync();
  if (!success) throw new Error(new TextDecoder().decode(stderr));
}

function parentOf(path: string): string {
  return path.slice(0, path.lastIndexOf("/"));
}
