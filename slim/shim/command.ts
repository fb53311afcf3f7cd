/** `Deno.Command`: children and how they ended. */

import { Descriptor } from "./descriptor.ts";
import { env as ownEnv } from "./environment.ts";
import { checked, EINVAL, ENOENT, errors, systemError, withCode } from "./errors.ts";
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
  /** Sent to the child when this process dies, however it dies. Deno passes it over. */
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
  #hasEnded = false;

  constructor(path: string, options: Options) {
    const opened: number[] = [];
    try {
      const fds = [
        givenDescriptor(0, options.stdin ?? "null", opened),
        this.#output("stdout", options.stdout!, opened),
        this.#output("stderr", options.stderr!, opened),
      ] as [number, number, number];
      this.pid = start(path, options, fds);
    } catch (error) {
      for (const stream of Object.values(this.#outputs)) stream.cancel();
      throw error;
    } finally {
      opened.forEach(host.close);
    }
    const { promise, resolve } = Promise.withResolvers<Status>();
    this.status = promise;
    const abort = () => this.kill();
    host.onEnd(this.pid, (code, signal) => {
      this.#hasEnded = true;
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
    if (stdio !== "piped") return givenDescriptor(name === "stdout" ? 1 : 2, stdio, opened);
    const [reader, writer] = checked(host.pipe());
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
    if (this.#hasEnded) throw new TypeError("Child process has already terminated");
    kill(this.pid, signal);
  }

  async output(): Promise<Status & { stdout: Uint8Array; stderr: Uint8Array }> {
    const [status, stdout, stderr] = await Promise.all([
      this.status,
      this.#outputs.stdout?.whole(),
      this.#outputs.stderr?.whole(),
    ]);
    const whole = (name: string, bytes?: Uint8Array) => {
      if (!bytes) throw new TypeError(`Cannot get '${name}': '${name}' is not piped`);
      return bytes;
    };
    return {
      ...status,
      get stdout() {
        return whole("stdout", stdout);
      },
      get stderr() {
        return whole("stderr", stderr);
      },
    };
  }
}

const O_RDWR = 2;

function givenDescriptor(own: number, stdio: Stdio, opened: number[]): number {
  if (stdio === "inherit") return own;
  const fd = checked(host.open("/dev/null", O_RDWR, 0));
  opened.push(fd);
  return fd;
}

/** @returns the pid @throws as Deno does, when it could not be started */
function start(name: string, options: Options, fds: [number, number, number]): number {
  const { args = [], cwd, detached = false, uid = -1, gid = -1, parentDeathSignal } = options;
  const env = { ...(options.clearEnv ? {} : ownEnv.toObject()), ...options.env };
  const path = find(name, env.PATH);
  const pid = host.spawn(
    path,
    [name, ...args],
    Object.entries(env).map(([key, value]) => `${key}=${value}`),
    cwd ?? null,
    fds,
    detached,
    uid,
    gid,
    parentDeathSignal ? numberOf(parentDeathSignal) : 0,
  );
  if (pid > 0) return pid;
  const before = `Failed to spawn '${path}': `;
  if (pid === -ENOENT && cwd !== undefined && typeof host.stat(cwd, true) === "number") {
    throw withCode(new errors.NotFound(`${before}No such cwd '${cwd}'`), "ENOENT");
  }
  if (pid === -EINVAL) {
    throw withCode(new TypeError(`${before}nul byte found in provided data`), "EINVAL");
  }
  throw systemError(-pid, "", before);
}

const X_OK = 1;
const S_IFMT = 0o170000;
const S_IFREG = 0o100000;

/** Looked up by the child's PATH, not by our own. */
function find(name: string, path: string | undefined): string {
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
