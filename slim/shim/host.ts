/** Declares the functions of slim/native. They return the result, or -errno if the call failed. */

export interface Host {
  /** argv, including the program's own name. */
  readonly args: string[];
  exit(code: number): never;
  loadModule(name: string): Promise<unknown>;

  // loop.c
  /** Calls back once; a pending watch keeps the process alive. */
  watch(fd: number, events: number, onReady: (events: number) => void): number;
  unwatch(id: number): void;
  addTimer(milliseconds: number, onDue: () => void, keepsAlive: boolean): number;
  cancelTimer(id: number): void;
  queueMicrotask(task: () => void): void;
  /** Milliseconds since the process started. */
  now(): number;

  // signals.c
  onSignal(listener: (signal: number) => void): void;
  enableSignal(signal: number, enabled: boolean): void;

  // environment.c
  environment(): string[];
  getVariable(name: string): string | undefined;
  setVariable(name: string, value: string | undefined): number;

  // spawn.c
  spawn(
    path: string,
    argv: string[],
    env: string[],
    clearEnv: boolean,
    cwd: string | null,
    fds: [number, number, number],
    detached: boolean,
    uid: number,
    gid: number,
    deathSignal: number,
  ): number;

  // process.c
  onExit(pid: number, listener: (code: number, signal: number) => void): void;
  kill(pid: number, signal: number): number;
  pid(): number;
  uid(): number;
  gid(): number;
  cpus(): number;

  // descriptors.c
  read(fd: number, bytes: Uint8Array): number;
  readChunk(fd: number): Uint8Array<ArrayBuffer> | number;
  write(fd: number, mode: number, bytes: Uint8Array, start: number): number;
  /** Blocks the loop. */
  waitUntilWritable(fd: number): void;
  openOutput(fd: number): [fd: number, mode: number];
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
  /** [name, type bits of the mode, name, type bits, ...] */
  readFolder(path: string): (string | number)[] | number;
  remove(path: string, recursive: boolean): number;

  // text.c
  encode(text: string): Uint8Array<ArrayBuffer>;
  decode(bytes: Uint8Array, fatal: boolean, final: boolean): string | null;
  /** The number of bytes at the end that the last `decode` did not decode. */
  undecoded: number;

  // libc.c
  findSymbol(name: string): number;
  callSymbol(index: number, values: unknown[]): number;
}

const global = globalThis as unknown as { host?: Host };

export const host = global.host!;
delete global.host;

export const POLLIN = 1;
export const POLLOUT = 4;
