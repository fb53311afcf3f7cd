/** `Deno.Command`: starts children and reports their exit statuses. */

import { Descriptor } from "./descriptor.ts";
import { env as ownEnv } from "./environment.ts";
import { EINVAL, ENOENT, errors, systemError, unwrap, withCode } from "./errors.ts";
import { host } from "./host.ts";
import { kill, nameOf, numberOf } from "./signals.ts";
import { ByteStream } from "./streams.ts";

type Stdio = "inherit" | "piped" | "null";

interface Options {
  args?: string[];
  cwd?: string;
  env?: Record<string, string>;
  clearEnv?: boolean;
  uid?: number;
  gid?: number;
  stdin?: Exclude<Stdio, "piped">;
  stdout?: Stdio;
  stderr?: Stdio;
  detached?: boolean;
  signal?: AbortSignal;
  /** The kernel sends it to the child when tandem dies, even by SIGKILL. Deno ignores it. */
  parentDeathSignal?: string;
}

interface Status {
  success: boolean;
  code: number;
  signal: string | null;
}

export class Command {
  constructor(private readonly path: string, private readonly options: Options = {}) {}

  spawn(): ChildProcess {
    return new ChildProcess(this.path, { stdout: "inherit", stderr: "inherit", ...this.options });
  }

  output(): Promise<Status & { stdout: Uint8Array; stderr: Uint8Array }> {
    const { options } = this;
    return new ChildProcess(this.path, { stdout: "piped", stderr: "piped", ...options }).output();
  }
}

class ChildProcess {
  readonly pid: number;
  readonly status: Promise<Status>;
  readonly #outputs: Partial<Record<"stdout" | "stderr", ByteStream>> = {};
  #hasExited = false;

  constructor(path: string, options: Options) {
    const opened: number[] = [];
    try {
      const fds = [
        openStdio(0, options.stdin ?? "null", opened),
        this.#output("stdout", options.stdout!, opened),
        this.#output("stderr", options.stderr!, opened),
      ] as [number, number, number];
      this.pid = spawnProcess(path, options, fds);
    } catch (error) {
      for (const stream of Object.values(this.#outputs)) stream.cancel();
      throw error;
    } finally {
      opened.forEach(host.close);
    }
    const { promise, resolve } = Promise.withResolvers<Status>();
    this.status = promise;
    const abort = () => this.kill();
    host.onExit(this.pid, (code, signal) => {
      this.#hasExited = true;
      options.signal?.removeEventListener("abort", abort);
      resolve({
        success: code === 0 && signal === 0,
        code: signal ? 128 + signal : code,
        signal: signal ? nameOf(signal) : null,
      });
    });
    if (options.signal?.aborted) abort();
    else options.signal?.addEventListener("abort", abort, { once: true });
  }

  #output(name: "stdout" | "stderr", stdio: Stdio, opened: number[]): number {
    if (stdio !== "piped") return openStdio(name === "stdout" ? 1 : 2, stdio, opened);
    const [reader, writer] = unwrap(host.pipe());
    this.#outputs[name] = new ByteStream(new Descriptor(reader!));
    opened.push(writer!);
    return writer!;
  }

  get stdout(): ByteStream {
    return this.#piped("stdout");
  }

  get stderr(): ByteStream {
    return this.#piped("stderr");
  }

  #piped(name: "stdout" | "stderr"): ByteStream {
    const stream = this.#outputs[name];
    if (!stream) throw new TypeError(`Cannot get '${name}': '${name}' is not piped`);
    return stream;
  }

  kill(signal = "SIGTERM"): void {
    if (this.#hasExited) throw new TypeError("Child process has already terminated");
    kill(this.pid, signal);
  }

  async output(): Promise<Status & { stdout: Uint8Array; stderr: Uint8Array }> {
    const [status, stdout, stderr] = await Promise.all([
      this.status,
      this.#outputs.stdout?.readAll(),
      this.#outputs.stderr?.readAll(),
    ]);
    const requirePiped = (name: string, bytes?: Uint8Array) => {
      if (!bytes) throw new TypeError(`Cannot get '${name}': '${name}' is not piped`);
      return bytes;
    };
    return {
      ...status,
      get stdout() {
        return requirePiped("stdout", stdout);
      },
      get stderr() {
        return requirePiped("stderr", stderr);
      },
    };
  }
}

const O_RDWR = 2;

function openStdio(own: number, stdio: Stdio, opened: number[]): number {
  if (stdio === "inherit") return own;
  const fd = unwrap(host.open("/dev/null", O_RDWR, 0));
  opened.push(fd);
  return fd;
}

/** @returns the pid @throws the error that Deno throws if the child cannot be started */
function spawnProcess(name: string, options: Options, fds: [number, number, number]): number {
  const { args = [], cwd, detached = false, uid = -1, gid = -1, parentDeathSignal } = options;
  const { env = {}, clearEnv = false } = options;
  const path = findExecutable(name, env.PATH ?? (clearEnv ? undefined : ownEnv.get("PATH")));
  const pid = host.spawn(
    path,
    [name, ...args],
    Object.entries(env).map(([key, value]) => `${key}=${value}`),
    clearEnv,
    cwd ?? null,
    fds,
    detached,
    uid,
    gid,
    parentDeathSignal ? numberOf(parentDeathSignal) : 0,
  );
  if (pid > 0) return pid;
  const prefix = `Failed to spawn '${path}': `;
  if (pid === -ENOENT && cwd !== undefined && typeof host.stat(cwd, true) === "number") {
    throw withCode(new errors.NotFound(`${prefix}No such cwd '${cwd}'`), "ENOENT");
  }
  if (pid === -EINVAL) {
    throw withCode(new TypeError(`${prefix}nul byte found in provided data`), "EINVAL");
  }
  throw systemError(-pid, "", prefix);
}

const X_OK = 1;
const S_IFMT = 0o170000;
const S_IFREG = 0o100000;

/** Deno searches the child's PATH, not its own. */
function findExecutable(name: string, path: string | undefined): string {
  if (name.includes("/")) return name;
  for (const folder of path?.split(":") ?? []) {
    const candidate = `${folder || "."}/${name}`;
    const info = host.stat(candidate, true);
    if (typeof info === "number" || (info[0]! & S_IFMT) !== S_IFREG) continue;
    if (host.access(candidate, X_OK) === 0) return candidate;
  }
  const message = `Failed to spawn '${name}': entity not found`;
  throw withCode(new errors.NotFound(message), "ENOENT");
}
