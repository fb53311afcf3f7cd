/** Lock files, which say that a tandem uses a socket or a state folder. */

import { canWrite, parentOf } from "../files/files.ts";
import { OWNER_NOT_VISIBLE } from "../net/port_holders.ts";
import { identifyProcess, isAlive } from "./identity.ts";
import type { ProcessIdentity } from "./schema.ts";
import { monotonicClock as clock } from "../system/clock.ts";
import {
  exists,
  isSameFile,
  lstatIfExists,
  readTextIfExists,
  statDescriptor,
} from "../system/if_exists.ts";
import { cString, libc } from "../system/libc.ts";
import { nameOfUser } from "../system/users.ts";

const [LOCK_SH, LOCK_EX, LOCK_NB, LOCK_UN] = [1, 2, 4, 8];
const [O_RDONLY, O_WRONLY, O_RDWR] = [0, 1, 2];
const O_NEW = 0o100 | 0o200;
const O_NONBLOCK = 0o4000;
/** Of arm64 and of x86-64: to each of them the other's bit is O_LARGEFILE, which changes nothing. */
const O_NOFOLLOW = 0o100000 | 0o400000;
const O_CLOEXEC = 0o2000000;
/** Of the user who runs tandem, so that no other user can hold a lock and prevent every start. */
const MODE = 0o600;

/** The lock is taken, or cannot be had. */
export class LockRefused extends Error {
  /** @param holder to be put in parentheses: "pid 12" */
  constructor(readonly path: string, readonly holder: string) {
    super(`Cannot take the lock ${path}: ${holder}`);
  }
}

export function socketLockPath(socket: string): string {
  return `${socket}.lock`;
}

/** The folder's collector reads only names that end in `.prom`. */
export function textfileLockPath(textfile: string): string {
  return `${textfile}.lock`;
}

export function stateLockPath(folder: string): string {
  return `${folder}/tandem.lock`;
}

export interface FileLock extends Disposable {
  /** False on a file system without locks: two starts at the same moment would both have it. */
  isExclusive: boolean;
}

/** A `check` or `status` that asks for the state of a lock holds it for some microseconds. */
const ATTEMPTS = 6;
const RETRY_MS = 10;

/**
 * Takes a lock until disposal, which also removes the file, or until this process ends, however it ends. The children
 * do not inherit it. On file systems without locks it is free unless the file names a process that runs.
 *
 * Only the holder removes the file, and who takes a lock then looks whether its file is still at the path. So a removed
 * file never counts, and no two processes hold locks on two files of one name.
 * @throws {LockRefused} if another process has it
 * @throws {Error} if the file cannot be created
 */
export async function takeLock(
  path: string,
  self = identifyProcess(Deno.pid),
): Promise<FileLock> {
  for (let attempt = 1;; attempt++) {
    // Open for writing, it would keep a file system from being remounted read-only. NFS wants that for a lock.
    const fd = openLock(path, attempt % 2 ? O_RDONLY : O_RDWR, true);
    if (fd === undefined) {
      if (!exists(path) || !canWrite(parentOf(path))) throw new Error(`Cannot create ${path}`);
      throw new LockRefused(path, whyClosed(path));
    }
    const state = lock(fd, LOCK_EX);
    const by = state === "taken" ? undefined : readHolder(path);
    const isBusy = state === "busy" || (by !== undefined && by.pid !== self.pid && isAlive(by));
    if (!isBusy && isAt(fd, path)) {
      writeHolder(fd, self);
      const isExclusive = state === "taken";
      return { isExclusive, [Symbol.dispose]: () => release(fd, path) };
    }
    const holder = isBusy ? describeHolder(by) : undefined;
    libc().close(fd);
    if (attempt === ATTEMPTS) throw new LockRefused(path, holder ?? OWNER_NOT_VISIBLE);
    await clock.sleep(RETRY_MS);
  }
}

export type LockState =
  | { kind: "free" }
  /** @property holder to be put in parentheses: "pid 12" */
  | { kind: "held"; holder: string }
  /** It is another user's. @property why to be put in parentheses */
  | { kind: "closed"; why: string }
  | { kind: "no locks" };

/** Creates nothing. */
export function lockState(path: string): LockState {
  if (!exists(path)) return { kind: "free" };
  const fd = openLock(path, O_RDONLY, false);
  if (fd === undefined) return { kind: "closed", why: whyClosed(path) };
  const state = lock(fd, LOCK_SH);
  libc().close(fd);
  switch (state) {
    case "taken":
      return { kind: "free" };
    case "busy":
      return { kind: "held", holder: describeHolder(readHolder(path)) };
    case "no locks":
      return { kind: "no locks" };
  }
}

/** @returns who keeps this process from taking a lock, to be put in parentheses; `undefined` if nobody does */
export function lockHolder(path: string): string | undefined {
  const state = lockState(path);
  if (state.kind === "held") return state.holder;
  if (state.kind === "no locks") {
    const by = readHolder(path);
    return by && isAlive(by) ? describeHolder(by) : undefined;
  }
  // Where nothing can be created, the rule on the folder says more.
  return state.kind === "closed" && canWrite(parentOf(path)) ? state.why : undefined;
}

/** Whether this process holds it, even if it is not visible; false if the lock cannot be asked for. */
export function isHeldBy(path: string, { pid, startTicks }: ProcessIdentity): boolean {
  if (lockState(path).kind !== "held") return false;
  const by = readHolder(path);
  return by?.pid === pid && by.startTicks === startTicks;
}

/** First without O_CREAT, with which Linux refuses even root another user's file in a sticky folder. */
function openLock(path: string, access: number, mayCreate: boolean): number | undefined {
  const flags = access | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC;
  // The file can be created or removed between the two calls.
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    const found = libc().open(cString(path), flags, 0);
    if (found >= 0) return found;
    if (!mayCreate) return undefined;
    const created = libc().open(cString(path), flags | O_NEW, MODE);
    if (created >= 0) return created;
  }
  return undefined;
}

/** Does not wait. Where there are no locks, giving one up fails too. */
function lock(fd: number, how: number): "taken" | "busy" | "no locks" {
  if (libc().flock(fd, how | LOCK_NB) === 0) return "taken";
  return libc().flock(fd, LOCK_UN) === 0 ? "busy" : "no locks";
}

/** Whether an open file is the one at the path; without /proc it is taken for it. */
function isAt(fd: number, path: string): boolean {
  const opened = statDescriptor(fd);
  return opened === undefined ? exists(path) : isSameFile(opened, lstatIfExists(path));
}

function release(fd: number, path: string): void {
  try {
    if (isAt(fd, path)) Deno.removeSync(path);
  } catch {
    // The folder is not writable any more. A file without a lock is no obstacle.
  }
  libc().close(fd);
}

/** Overwrites the longest earlier one. */
const HOLDER_LENGTH = 40;

function writeHolder(fd: number, { pid, startTicks }: ProcessIdentity): void {
  const text = `${pid} ${startTicks}\n`.padEnd(HOLDER_LENGTH);
  const writable = libc().open(cString(`/proc/self/fd/${fd}`), O_WRONLY | O_CLOEXEC, 0);
  if (writable < 0) return;
  libc().write(writable, new TextEncoder().encode(text), BigInt(HOLDER_LENGTH));
  libc().close(writable);
}

/** `undefined` if the file names none. */
function readHolder(path: string): ProcessIdentity | undefined {
  // Reading a pipe that somebody put there could take forever.
  const text = lstatIfExists(path)?.isFile ? readTextIfExists(path) ?? "" : "";
  const [pid = 0, startTicks = 0] = text.split(/\s/).map(Number);
  return pid > 0 ? { pid, startTicks } : undefined;
}

/** In another pid namespace there may be no such process, or another one. */
function describeHolder(by: ProcessIdentity | undefined): string {
  return by && isAlive(by) ? `pid ${by.pid}` : OWNER_NOT_VISIBLE;
}

function whyClosed(path: string): string {
  const owner = lstatIfExists(path)?.uid;
  return `its lock ${path} belongs to ${nameOfUser(owner ?? 0)}`;
}
