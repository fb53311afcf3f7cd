/** Tells when a process ends that is not tandem's own child, and costs nothing until one does. */

import { libc } from "../system/libc.ts";

/** The same number on every architecture. Linux 5.3 has it; glibc only since 2.36. */
const SYS_PIDFD_OPEN = 434n;
const EPOLL_CLOEXEC = 0o2000000;
const [EPOLL_CTL_ADD, EPOLL_CTL_DEL, EPOLLIN] = [1, 2, 1];
const EPOLL_EVENT_BYTES = 16;
/** Of an epoll_event: the second half of its data on x86-64, where the struct is packed, and the first half on arm64. */
const EPOLL_DATA = 8;
/** For a pidfd_info of 64 bytes. */
const PIDFD_GET_INFO = 0xc040ff0bn;
const PIDFD_INFO_BYTES = 64;
const PIDFD_INFO_EXIT = 8;
const EXIT_CODE = 60;
/** Each signal that tandem gets may interrupt a wait; a wait that fails for another reason fails again. */
const MOST_FAILURES = 100;

export interface Pidfds {
  /** @returns a descriptor; `undefined` if the process is gone or cannot be watched */
  open(pid: number): number | undefined;
  /** The descriptor of a process that has ended, each once. Only one call may wait. Rejects if waiting is impossible. */
  next(): Promise<number>;
  /** What waitpid(2) gave the parent; `undefined` until the parent has asked, and before Linux 6.15 for good. */
  readStatus(pidfd: number): number | undefined;
  close(pidfd: number): void;
}

/** @returns `undefined` if the kernel has no pidfds, or a seccomp filter refuses them */
export function openPidfds(): Pidfds | undefined {
  const openPidfd = (pid: number) => libc().syscall(SYS_PIDFD_OPEN, BigInt(pid), 0n);
  const own = openPidfd(Deno.pid);
  const epoll = own < 0 ? -1 : libc().epoll_create1(EPOLL_CLOEXEC);
  if (own >= 0) libc().close(own);
  if (epoll < 0) return undefined;

  function control(operation: number, pidfd: number): boolean {
    const event = new DataView(new ArrayBuffer(EPOLL_EVENT_BYTES));
    event.setUint32(0, EPOLLIN, true);
    event.setInt32(EPOLL_DATA, pidfd, true);
    return libc().epoll_ctl(epoll, operation, pidfd, new Uint8Array(event.buffer)) === 0;
  }

  return {
    open(pid) {
      const pidfd = openPidfd(pid);
      if (pidfd < 0) return undefined;
      if (control(EPOLL_CTL_ADD, pidfd)) return pidfd;
      libc().close(pidfd);
      return undefined;
    },
    async next() {
      const event = new Uint8Array(EPOLL_EVENT_BYTES);
      for (let failures = 0; failures < MOST_FAILURES; failures++) {
        if (await libc().epoll_wait(epoll, event, 1, -1) !== 1) continue;
        const pidfd = new DataView(event.buffer).getInt32(EPOLL_DATA, true);
        control(EPOLL_CTL_DEL, pidfd);
        return pidfd;
      }
      throw new Error("Cannot wait for the end of a process: epoll_wait fails");
    },
    readStatus(pidfd) {
      const info = new DataView(new ArrayBuffer(PIDFD_INFO_BYTES));
      info.setUint32(0, PIDFD_INFO_EXIT, true);
      if (libc().ioctl(pidfd, PIDFD_GET_INFO, new Uint8Array(info.buffer)) !== 0) return undefined;
      const hasStatus = (info.getUint32(0, true) & PIDFD_INFO_EXIT) !== 0;
      return hasStatus ? info.getInt32(EXIT_CODE, true) : undefined;
    },
    close: (pidfd) => void libc().close(pidfd),
  };
}
