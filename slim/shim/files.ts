/** Files and folders, without the asynchronous functions: tandem's calls are short and on local disks. */

import { EEXIST, EINVAL, ENOENT, errors, systemError, unwrap, withCode } from "./errors.ts";
import { host } from "./host.ts";

const S_IFMT = 0o170000;
const S_IFIFO = 0o010000, S_IFCHR = 0o020000, S_IFDIR = 0o040000, S_IFBLK = 0o060000;
const S_IFREG = 0o100000, S_IFLNK = 0o120000, S_IFSOCK = 0o140000;

/**
 * Throws Deno's error, which names the call and the paths and has its own message for a NUL in a
 * path.
 */
function unwrapFileCall<T>(result: T | number, call: string, path: string, other?: string): T {
  const where = `${call} '${path}'${other === undefined ? "" : ` -> '${other}'`}`;
  if (result === -EINVAL && (path.includes("\0") || other?.includes("\0"))) {
    const message = `file name contained an unexpected NUL byte: ${where}`;
    throw withCode(new TypeError(message), "EINVAL");
  }
  return unwrap(result, where);
}

function readFileSync(path: string): Uint8Array<ArrayBuffer> {
  return unwrapFileCall(host.readFile(path), "readfile", path);
}

function readTextFileSync(path: string): string {
  return host.decode(readFileSync(path), false, true)!;
}

interface WriteOptions {
  append?: boolean;
  create?: boolean;
  createNew?: boolean;
  mode?: number;
}

const O_WRONLY = 0o1, O_CREAT = 0o100, O_EXCL = 0o200, O_TRUNC = 0o1000, O_APPEND = 0o2000;

function writeFileSync(path: string, bytes: Uint8Array, options: WriteOptions = {}): void {
  const { append, create = true, createNew, mode } = options;
  const flags = O_WRONLY | (append ? O_APPEND : O_TRUNC) | (create ? O_CREAT : 0) |
    (createNew ? O_CREAT | O_EXCL : 0);
  const fd = unwrapFileCall(host.open(path, flags, mode ?? 0o666), "writefile", path);
  try {
    for (let sent = 0; sent < bytes.length;) {
      sent += unwrapFileCall(host.write(fd, 0, bytes, sent), "writefile", path);
    }
  } finally {
    host.close(fd);
  }
  // The umask does not apply to an explicit mode, as in Deno.
  if (mode !== undefined) chmodSync(path, mode);
}

function writeTextFileSync(path: string, text: string, options?: WriteOptions): void {
  writeFileSync(path, host.encode(text), options);
}

/** By index, because QuickJS takes a call for each element that a pattern takes from an array. */
function makeFileInfo(fields: number[]) {
  const type = fields[0]! & S_IFMT;
  return {
    isFile: type === S_IFREG,
    isDirectory: type === S_IFDIR,
    isSymlink: type === S_IFLNK,
    isBlockDevice: type === S_IFBLK,
    isCharDevice: type === S_IFCHR,
    isFifo: type === S_IFIFO,
    isSocket: type === S_IFSOCK,
    mode: fields[0]!,
    size: fields[1]!,
    uid: fields[2]!,
    gid: fields[3]!,
    dev: fields[4]!,
    ino: fields[5]!,
    nlink: fields[6]!,
    rdev: fields[7]!,
    blksize: fields[8]!,
    blocks: fields[9]!,
    mtime: new Date(fields[10]!),
    atime: new Date(fields[11]!),
    ctime: new Date(fields[12]!),
    birthtime: null,
  };
}

function statSync(path: string) {
  return makeFileInfo(unwrapFileCall(host.stat(path, true), "stat", path));
}

function lstatSync(path: string) {
  return makeFileInfo(unwrapFileCall(host.stat(path, false), "lstat", path));
}

function readLinkSync(path: string): string {
  return unwrapFileCall(host.readLink(path), "readlink", path);
}

function realPathSync(path: string): string {
  return unwrapFileCall(host.realPath(path), "realpath", path);
}

function symlinkSync(target: string, path: string): void {
  unwrapFileCall(host.symlink(target, path), "symlink", target, path);
}

function renameSync(from: string, to: string): void {
  unwrapFileCall(host.rename(from, to), "rename", from, to);
}

function chmodSync(path: string, mode: number): void {
  unwrapFileCall(host.chmod(path, mode), "chmod", path);
}

function chownSync(path: string, uid: number | null, gid: number | null): void {
  unwrapFileCall(host.chown(path, uid ?? -1, gid ?? -1), "chown", path);
}

function removeSync(path: string, { recursive = false } = {}): void {
  unwrapFileCall(host.remove(path, recursive), "remove", path);
}

interface MkdirOptions {
  recursive?: boolean;
  mode?: number;
}

function mkdirSync(path: string, { recursive = false, mode = 0o777 }: MkdirOptions = {}): void {
  const failure = -host.mkdir(path, mode);
  if (recursive && failure === ENOENT) {
    const parent = path.replace(/\/*[^/]+\/*$/, "");
    if (parent !== "" && parent !== path) {
      mkdirSync(parent, { recursive, mode });
      return mkdirSync(path, { recursive, mode });
    }
  }
  if (recursive && failure === EEXIST && isDirectory(path)) return;
  if (failure > 0) unwrapFileCall(-failure, "mkdir", path);
}

function isDirectory(path: string): boolean {
  const fields = host.stat(path, true);
  return typeof fields !== "number" && (fields[0]! & S_IFMT) === S_IFDIR;
}

function* readDirSync(path: string) {
  const list = unwrapFileCall(host.readFolder(path), "readdir", path);
  for (let i = 0; i < list.length; i += 2) {
    const type = (list[i + 1] as number) & S_IFMT;
    yield {
      name: list[i] as string,
      isFile: type === S_IFREG,
      isDirectory: type === S_IFDIR,
      isSymlink: type === S_IFLNK,
    };
  }
}

interface TempOptions {
  dir?: string;
  prefix?: string;
  suffix?: string;
}

/** Tries random names until `make` creates one that did not exist. */
function makeTemp(options: TempOptions, make: (path: string) => number): string {
  const folder = options.dir ?? temporaryFolder();
  for (;;) {
    const random = Math.random().toString(16).slice(2, 14).padEnd(12, "0");
    const path = `${folder}/${options.prefix ?? ""}${random}${options.suffix ?? ""}`;
    const result = make(path);
    if (result >= 0) return path;
    if (result !== -EEXIST) throw systemError(-result, "tmpdir");
  }
}

function temporaryFolder(): string {
  return host.getVariable("TMPDIR")?.replace(/\/+$/, "") || "/tmp";
}

function makeTempDirSync(options: TempOptions = {}): string {
  return makeTemp(options, (path) => host.mkdir(path, 0o700));
}

function makeTempFileSync(options: TempOptions = {}): string {
  return makeTemp(options, (path) => {
    const fd = host.open(path, O_WRONLY | O_CREAT | O_EXCL, 0o600);
    return fd < 0 ? fd : host.close(fd);
  });
}

export function cwd(): string {
  return unwrap(host.cwd());
}

/** @throws if /proc is not mounted */
export function execPath(): string {
  const path = host.readLink("/proc/self/exe");
  if (typeof path === "string") return path;
  throw new errors.NotFound("Cannot tell the path of the executable: /proc is not mounted");
}

export const syncFiles = {
  readFileSync,
  readTextFileSync,
  writeFileSync,
  writeTextFileSync,
  statSync,
  lstatSync,
  readLinkSync,
  realPathSync,
  symlinkSync,
  renameSync,
  chmodSync,
  chownSync,
  removeSync,
  mkdirSync,
  readDirSync,
  makeTempDirSync,
  makeTempFileSync,
};
