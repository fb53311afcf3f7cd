/** What the children inherit from tandem: descriptors in order, and room for many of them. */

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
 * tandem and nginx hold different descriptions of one log file; whoever lacks O_APPEND overwrites the other's lines.
 * On pipes and terminals the flag changes nothing.
 */
export function setAppendOnOutputs(): void {
  for (const fd of [1, 2]) {
    const flags = libc().fcntl(fd, F_GETFL, 0);
    if (flags >= 0 && !(flags & O_APPEND)) libc().fcntl(fd, F_SETFL, flags | O_APPEND);
  }
}

/** nginx needs two descriptors a proxied connection. The hard limit is what the platform allows anyway. */
export function raiseOpenFileLimit(): void {
  const limits = new BigUint64Array(2);
  const bytes = new Uint8Array(limits.buffer);
  if (libc().getrlimit(RLIMIT_NOFILE, bytes) !== 0 || limits[0] === limits[1]) return;
  limits[0] = limits[1]!;
  libc().setrlimit(RLIMIT_NOFILE, bytes);
}

/** The hard limit of open files, which `raiseOpenFileLimit` makes the soft one too; Infinity for none. */
export function openFileLimit(): number {
  const limits = new BigUint64Array(2);
  if (libc().getrlimit(RLIMIT_NOFILE, new Uint8Array(limits.buffer)) !== 0) return Infinity;
  return limits[1] === RLIM_INFINITY ? Infinity : Number(limits[1]);
}

/**
 * Whether whoever started tandem left this descriptor open for it. What the runtime has opened by itself under such a
 * number is closed at an exec, which no inherited one can be.
 */
export function isInherited(fd: number): boolean {
  const flags = libc().fcntl(fd, F_GETFD, 0);
  return flags >= 0 && !(flags & FD_CLOEXEC);
}

export function isNonBlocking(fd: number): boolean {
  const flags = libc().fcntl(fd, F_GETFL, 0);
  return flags >= 0 && (flags & O_NONBLOCK) !== 0;
}

export function setCloseOnExec(fd: number): void {
  libc().fcntl(fd, F_SETFD, FD_CLOEXEC);
}
