/** Which errors each system call can really return, and which calls are left alone. */

const FILE_ERRORS = ["EACCES", "ENOENT", "EIO"];
const CHANGE_ERRORS = ["EACCES", "EROFS", "ENOSPC"];
const WRITE_ERRORS = ["EAGAIN", "EINTR", "EIO", "ENOSPC", "EPIPE"];
const OPEN_ERRORS = [...FILE_ERRORS, "EMFILE", "ENFILE", "ENOSPC", "EINTR"];
const STAT_ERRORS = [...FILE_ERRORS, "ENOMEM"];
const FORK_ERRORS = ["EAGAIN", "ENOMEM"];
const POLL_ERRORS = ["EINTR", "ENOMEM"];
/** What a seccomp filter answers, and a kernel that does not know the request. */
const REFUSED = ["EPERM", "EINVAL"];

/** From the ERRORS sections of the man pages. */
export const REALISTIC_ERRORS: Readonly<Record<string, readonly string[]>> = {
  access: FILE_ERRORS,
  bind: ["EADDRINUSE", "EACCES"],
  brk: ["ENOMEM"],
  chdir: ["EACCES", "ENOENT"],
  chmod: ["EPERM", "EROFS"],
  chown: ["EPERM", "EROFS"],
  clone: FORK_ERRORS,
  clone3: FORK_ERRORS,
  close_range: ["ENOSYS", "EMFILE"],
  connect: ["ECONNREFUSED", "EAGAIN", "EINTR"],
  dup2: ["EBUSY", "EINTR", "EMFILE"],
  execve: ["EACCES", "ENOENT", "ENOMEM", "ETXTBSY", "E2BIG"],
  fchmod: ["EPERM", "EROFS"],
  flock: ["ENOLCK", "EINTR", "EAGAIN"],
  fork: FORK_ERRORS,
  fstat: ["EIO", "ENOMEM"],
  getcwd: ["EACCES", "ENOENT"],
  getdents64: ["EIO", "ENOENT"],
  ioctl: ["ENOTTY", "EIO"],
  kill: ["EPERM", "ESRCH"],
  listen: ["EADDRINUSE"],
  lstat: STAT_ERRORS,
  mkdir: CHANGE_ERRORS,
  mmap: ["ENOMEM"],
  newfstatat: STAT_ERRORS,
  open: OPEN_ERRORS,
  openat: OPEN_ERRORS,
  pidfd_open: ["EMFILE", "ENOSYS", "ESRCH"],
  pipe2: ["EMFILE", "ENFILE"],
  ppoll: POLL_ERRORS,
  poll: POLL_ERRORS,
  prctl: REFUSED,
  prlimit64: REFUSED,
  pwritev2: [...WRITE_ERRORS, "EOPNOTSUPP"],
  read: ["EINTR", "EIO"],
  readlink: FILE_ERRORS,
  recvfrom: ["ECONNRESET", "EINTR"],
  rename: CHANGE_ERRORS,
  rmdir: CHANGE_ERRORS,
  sendto: ["ECONNRESET", "EPIPE", "EINTR"],
  setsid: ["EPERM"],
  setsockopt: ["ENOMEM"],
  signalfd4: ["EMFILE", "ENFILE", "ENOMEM"],
  socket: ["EMFILE", "ENFILE", "EAFNOSUPPORT", "ENOBUFS"],
  socketpair: ["EMFILE", "ENFILE"],
  stat: STAT_ERRORS,
  statx: STAT_ERRORS,
  symlink: CHANGE_ERRORS,
  unlink: CHANGE_ERRORS,
  vfork: FORK_ERRORS,
  // Not ECHILD: nobody else reaps tandem's own children, and its SIGCHLD is never ignored.
  wait4: ["EINTR"],
  waitid: ["ECHILD", "EINTR"],
  write: WRITE_ERRORS,
  writev: WRITE_ERRORS,
};

/** A pipe and a signalfd have no medium that can fail, and no signal interrupts what does not wait. */
export function realisticErrors(call: string, text: string): readonly string[] {
  const impossible = new Set([
    ...(call === "read" && /<(pipe|anon_inode):/.test(text) ? ["EIO"] : []),
    ...(text.includes("WNOHANG") ? ["EINTR"] : []),
  ]);
  return (REALISTIC_ERRORS[call] ?? []).filter((error) => !impossible.has(error));
}

/** Recorded in the slim edition, but never made to fail. */
export const NEVER_FAILS: Readonly<Record<string, string>> = {
  arch_prctl: "libc's own start, before main()",
  close: "Linux frees the descriptor whatever close() returns; strace would keep it open",
  execve: "of tandem itself: the suite's own start",
  exit_group: "does not return",
  fcntl: "only flags of descriptors that are open",
  getpid: "has no error",
  getppid: "has no error",
  gettid: "has no error",
  getuid: "has no error",
  getsockopt: "only SO_ERROR of a socket that is open",
  madvise: "advice: nothing depends on its result",
  munmap: "fails only on wrong arguments",
  mremap: "allocations have a suite of their own",
  rt_sigaction: "fails only on wrong arguments",
  rt_sigprocmask: "fails only on wrong arguments",
  restart_syscall: "of the kernel, after a stop",
  rt_sigreturn: "does not return",
  sched_getaffinity: "fails only on wrong arguments",
  set_tid_address: "has no error",
};

/**
 * strace sees the main thread only, but V8 and Tokio make calls there too, and abort if one fails. What stays is what
 * `lib/` asks for: calls that name a path, or whose descriptor is a file, and those that start, signal and await
 * processes, from the call on with which tandem makes itself the subreaper.
 */
const DENO_CALLS = new Set(
  "bind clone connect flock kill pipe2 prctl prlimit64 socket vfork wait4 waitid".split(" "),
);

export function isCallOfTandem(call: string, text: string): boolean {
  if (DENO_CALLS.has(call)) return true;
  // Tokio wakes itself by reads and writes, so the count of a run can shift to one of those.
  if (call === "read" || call === "write") return false;
  // A path is an argument, or stands after a descriptor.
  return REALISTIC_ERRORS[call] !== undefined && /^\w+\((AT_FDCWD[^,]*, |\d+<)?"?\//.test(text);
}
