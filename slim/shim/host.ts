/** The calls that the C files of this folder offer. A number is the result, or -errno where the call failed. */

export interface Host {
  /** argv, the program's own name first. */
  readonly args: string[];
  /** "NAME=value", as the process was given them. */
  readonly env: string[];
  exit(code: number): never;
  /** What `import(name)` gives. */
  load(name: string): Promise<unknown>;

  // loop.c
  /** Calls back once, when the descriptor is ready; a pending watch keeps the process alive. */
  watch(fd: number, events: number, onReady: (events: number) => void): number;
  unwatch(id: number): void;
  timer(milliseconds: number, onDue: () => void, keepsAlive: boolean): number;
  cancel(id: number): void;
  microtask(task: () => void): void;
  /** Milliseconds since the start. */
  now(): number;

  // signals.c
  onSignal(listener: (signal: number) => void): void;
  wantSignal(signal: number, wanted: boolean): void;

  // process.c
  spawn(
    path: string,
    argv: string[],
    env: string[],
    cwd: string | null,
    fds: [number, number, number],
    detached: boolean,
    uid: number,
    gid: number,
    deathSignal: number,
  ): number;
  onEnd(pid: number, ended: (code: number, signal: number) => void): void;
  kill(pid: number, signal: number): number;
  pid(): number;
  uid(): number;
  gid(): number;
  cpus(): number;

  // descriptors.c
  read(fd: number, bytes: Uint8Array): number;
  readChunk(fd: number): Uint8Array<ArrayBuffer> | number;
  write(fd: number, way: number, bytes: Uint8Array, from: number): number;
  /** Blocks until it can be written to. */
  awaitWritable(fd: number): void;
  sink(fd: number): [fd: number, way: number];
  close(fd: number): number;
  pipe(): [reader: number, writer: number] | number;
  connectUnix(path: string): number;
  connectTcp(address: string, port: number): number;
  socketError(fd: number): number;
  isTerminal(fd: number): boolean;
  terminalSize(fd: number): [columns: number, rows: number] | number;

  // files.c
  readFile(path: string): Uint8Array<ArrayBuffer> | number;
  open(path: string, flags: number, mode: number): number;
  stat(path: string, follow: boolean): number[] | number;
  readLink(path: string): string | number;
  realPath(path: string): string | number;
  cwd(): string | number;
  symlink(target: string, path: string): number;
  rename(from: string, to: string): number;
  chmod(path: string, mode: number): number;
  chown(path: string, uid: number, gid: number): number;
  access(path: string, mode: number): number;

  // folders.c
  mkdir(path: string, mode: number): number;
  /** A name and the type bits of its mode, in turn. */
  readFolder(path: string): (string | number)[] | number;
  remove(path: string, recursive: boolean): number;

  // text.c
  encode(text: string): Uint8Array<ArrayBuffer>;
  decode(bytes: Uint8Array, fatal: boolean, final: boolean): string | null;
  /** How many bytes at the end the last `decode` left alone. */
  undecoded: number;

  // libc.c
  findSymbol(name: string): number;
  callSymbol(place: number, values: unknown[]): number;
}

const global = globalThis as unknown as { host?: Host };

export const host = global.host!;
delete global.host;

export const POLLIN = 1;
export const POLLOUT = 4;
