/** Flags of open descriptors, and the limit on their number; the children inherit both. */

import { libc } from "./libc.ts";

const F_SETFD = 2;
const F_GETFD = 1;
const F_GETFL = 3;
const F_SETFL = 4;
const FD_CLOEXEC = 1;
const O_APPEND = 0o2000;
const O_NONBLOCK = 0o4000;
const RLIMIT_NOFILE = 7;
const RLIM_INFINITY = 0xffffffffffffffffn;

/**
 * tandem and nginx open one log file separately, and a writer without O_APPEND overwrites the other's lines.
 * On pipes and terminals the flag has no effect.
 */
export function setAppendOnOutputs(): void {
  for (const fd of [1, 2]) {
    const flags = libc().fcntl(fd, F_GETFL, 0);
    if (flags >= 0 && !(flags & O_APPEND)) libc().fcntl(fd, F_SETFL, flags | O_APPEND);
  }
}

/** Raises the soft limit to the hard one: nginx needs two descriptors for each proxied connection. */
export function raiseOpenFileLimit(): void {
  const limits = new BigUint64Array(2);
  const bytes = new Uint8Array(limits.buffer);
  if (libc().getrlimit(RLIMIT_NOFILE, bytes) !== 0 || limits[0] === limits[1]) return;
  limits[0] = limits[1]!;
  libc().setrlimit(RLIMIT_NOFILE, bytes);
}

/** The hard limit of open files; Infinity if there is none. */
export function openFileLimit(): number {
  const limits = new BigUint64Array(2);
  if (libc().getrlimit(RLIMIT_NOFILE, new Uint8Array(limits.buffer)) !== 0) return Infinity;
  return limits[1] === RLIM_INFINITY ? Infinity : Number(limits[1]);
}

/**
 * Whether tandem was started with this descriptor open. A descriptor that the runtime opened under that number has
 * FD_CLOEXEC, which an inherited one cannot have.
 */
export function isInherited(fd: number): boolean {
  const flags = libc().fcntl(fd, F_GETFD, 0);
  return flags >= 0 && !(flags & FD_CLOEXEC);
}

/** True also if it cannot be told: what a libc lacks is an error that has to be written to the descriptor. */
export function isNonBlocking(fd: number): boolean {
  try {
    const flags = libc().fcntl(fd, F_GETFL, 0);
    return flags >= 0 && (flags & O_NONBLOCK) !== 0;
  } catch {
    return true;
  }
}

export function setCloseOnExec(fd: number): void {
  libc().fcntl(fd, F_SETFD, FD_CLOEXEC);
}
