/** podman with a storage of its own, in mount and pid namespaces that take everything along when they end. */

import { findTool, isRoot } from "../../support/machine/needs.ts";
import { makeOpenFolder } from "../../support/machine/open_folder.ts";
import { killByPid, processes } from "../../support/machine/process_table.ts";
import { until, within } from "../../support/waiting.ts";

export interface Outcome {
  code: number;
  stdout: string;
  stderr: string;
}

const TOOLS = ["podman", "runc", "conmon", "nsenter", "setpriv", "tar", "tini"];

/** Both storages are on a tmpfs: overlayfs does not take every file system, and nothing has to be tidied up. */
const KEEPER = `set -e
mount -t tmpfs -o mode=0755 tmpfs "$1"
mount -t tmpfs -o mode=0755 tmpfs /run
echo ready
exec sleep infinity`;

/** A build, which fetches packages, on a busy machine. */
const LONGEST_MS = 300_000;

export class Engine {
  /** On the machine's own file system, for build contexts. */
  readonly #folder = makeOpenFolder();
  readonly #group = `/tandem-podman-${crypto.randomUUID().slice(0, 8)}`;
  #keeper = 0;

  private constructor() {}

  /** @returns why there is none here, or an engine that ends with this process */
  static async start(): Promise<Engine | string> {
    if (!isRoot) return "needs root";
    const missing = TOOLS.filter((name) => findTool(name) === undefined);
    if (missing.length) return `needs ${missing.join(", ")}`;
    const engine = new Engine();
    globalThis.addEventListener("unload", () => engine.#close());
    const unshare = ["unshare", "--mount", "--pid", "--fork", "--mount-proc", "--kill-child"];
    Deno.mkdirSync(`${engine.#folder}/storage`);
    Deno.writeTextFileSync(`${engine.#folder}/containers.conf`, limits());
    const { pid, stdout } = new Deno.Command("setpriv", {
      args: [
        ...["--pdeathsig", "KILL", ...unshare],
        ...["sh", "-c", KEEPER, "sh", `${engine.#folder}/storage`],
      ],
      stdin: "null",
      stdout: "piped",
      // When the namespace is killed, unshare complains.
      stderr: "null",
    }).spawn();
    const reader = stdout.getReader();
    const { done } = await within(60_000, "podman's namespace", reader.read());
    await reader.cancel();
    if (done) return "cannot make a mount namespace with a tmpfs";
    engine.#keeper = await until(
      60_000,
      "the first process of podman's namespace",
      () => processes().find(({ parent }) => parent === pid)?.pid,
    );
    return engine;
  }

  /** The prefix of every podman command. */
  get #podman(): string[] {
    const storage = `${this.#folder}/storage`;
    return [
      ...["nsenter", "--target", `${this.#keeper}`, "--mount", "--pid", "--wdns=/"],
      ...["env", `CONTAINERS_CONF=${this.#folder}/containers.conf`, "podman"],
      ...[
        "--root",
        `${storage}/root`,
        "--runroot",
        `${storage}/run`,
        "--storage-driver",
        "overlay",
      ],
      ...["--runtime", "runc", "--cgroup-manager", "cgroupfs", "--events-backend", "none"],
    ];
  }

  /** Runs podman to its end. */
  async run(...args: string[]): Promise<Outcome> {
    const [command = "", ...rest] = [...this.#podman, ...args];
    const child = new Deno.Command(command, {
      args: rest,
      stdin: "null",
      stdout: "piped",
      stderr: "piped",
    }).spawn();
    const { code, stdout, stderr } = await within(
      LONGEST_MS,
      `podman ${args.join(" ")}`,
      child.output(),
    );
    const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes);
    return { code, stdout: text(stdout), stderr: withoutTimers(text(stderr)) };
  }

  /** @returns what it prints @throws {Error} if it fails */
  async done(...args: string[]): Promise<string> {
    const { code, stdout, stderr } = await this.run(...args);
    if (code === 0) return stdout.trim();
    throw new Error(`podman ${args.slice(0, 2).join(" ")}: exit ${code}\n${stdout}${stderr}`);
  }

  /** The flags that every container gets. */
  get containerFlags(): string[] {
    return ["--cgroup-parent", this.#group];
  }

  /** Makes an image of a root file system, without what no program reads. */
  async import(root: string, name: string): Promise<void> {
    const pipe = 'tar -C "$1" --exclude=./usr/share/doc --exclude=./usr/share/locale ' +
      '--exclude=./usr/share/man --one-file-system -cf - . | { shift; "$@"; }';
    const command = [...this.#podman, "import", "-", name];
    const { success, stderr } = await new Deno.Command("sh", {
      args: ["-c", pipe, "sh", root, ...command],
      stdin: "null",
      stdout: "null",
      stderr: "piped",
    }).output();
    if (!success) throw new Error(`podman import: ${new TextDecoder().decode(stderr)}`);
  }

  /** A folder for a build context. */
  folder(name: string): string {
    const path = `${this.#folder}/${name}`;
    Deno.mkdirSync(path, { recursive: true });
    return path;
  }

  /** Kills every process of the namespace, and removes what it leaves: the folder and the control groups. */
  #close(): void {
    if (this.#keeper) killByPid(this.#keeper, "SIGKILL");
    const isDone = () => !isDirectory(`/proc/${this.#keeper}`) && this.#removeGroups();
    for (let attempt = 0; attempt < 200 && !isDone(); attempt++) sleep(50);
    Deno.removeSync(this.#folder, { recursive: true });
  }

  #removeGroups(): boolean {
    const hierarchies = [...Deno.readDirSync("/sys/fs/cgroup")].filter(({ isDirectory }) =>
      isDirectory
    );
    const roots = ["", ...hierarchies.map(({ name }) => `/${name}`)];
    return roots.map((root) => removeGroup(`/sys/fs/cgroup${root}${this.#group}`)).every(Boolean);
  }
}

/** In a pod podman raises the limits to 1048576, for which not even every root has the right. */
function limits(): string {
  const text = Deno.readTextFileSync("/proc/self/limits");
  const limit = (name: string) => new RegExp(`^${name} +\\S+ +(\\d+)`, "m").exec(text)?.[1] ?? 4096;
  const both = Object.entries({ nofile: limit("Max open files"), nproc: limit("Max processes") })
    .map(([name, value]) => `"${name}=${value}:${value}"`);
  return `[containers]\ndefault_ulimits = [${both}]\n`;
}

/** @returns whether it is gone */
export function removeGroup(path: string): boolean {
  if (!isDirectory(path)) return true;
  try {
    for (const { name, isDirectory } of Deno.readDirSync(path)) {
      if (isDirectory) removeGroup(`${path}/${name}`);
    }
    Deno.removeSync(path);
    return true;
  } catch {
    // A process in it has not gone yet.
    return false;
  }
}

function isDirectory(path: string): boolean {
  try {
    return Deno.statSync(path).isDirectory;
  } catch {
    return false;
  }
}

/** While the process unloads, nothing can be awaited. */
function sleep(milliseconds: number): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, milliseconds);
}

/** podman wants systemd's timers for health checks, which no trial needs: it runs them itself. */
function withoutTimers(text: string): string {
  return text.split("\n").filter((line) => !/healthcheck.*systemd connection/.test(line)).join(
    "\n",
  );
}
