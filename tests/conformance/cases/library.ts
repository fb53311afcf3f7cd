/** `Deno.dlopen`, and each function of lib/host/system/libc.ts. */

import { cString, libc as openLibc } from "../../../lib/host/system/libc.ts";
import type { Cases } from "./cases.ts";

const RLIMIT_NOFILE = 7;
const PR_SET_CHILD_SUBREAPER = 36;
const PR_GET_CHILD_SUBREAPER = 37;
const [O_WRONLY, O_CREAT, O_NONBLOCK] = [1, 0o100, 0o4000];
const [AF_UNIX, AF_INET, SOCK_STREAM, SOCK_DGRAM, SOCK_CLOEXEC] = [1, 2, 1, 2, 0o2000000];
const [X_OK, W_OK, R_OK] = [1, 2, 4];
const F_GETFD = 1;
const [PIDFD_OPEN, PIDFD_GET_INFO] = [434n, 0xc040ff0bn];
const [EPOLL_CLOEXEC, EPOLL_CTL_ADD, EPOLLIN] = [0o2000000, 1, 1];
const MSG_DONTWAIT = 0x40;
const [P_ALL, P_PID, WNOHANG, WEXITED, WNOWAIT] = [0, 1, 1, 4, 0x01000000];

const unixAddress = (path: string) => new Uint8Array([AF_UNIX, 0, ...cString(path)]);

export const library: Cases = (folder) => {
  const libc = openLibc();
  return {
    "dlopen: no such library": () => {
      try {
        Deno.dlopen("/no/such/library.so", {});
      } catch (error) {
        return [error instanceof Error, String(error).split(":").slice(0, 2)];
      }
    },
    "dlopen: no such function": () => {
      try {
        Deno.dlopen("libc.so.6", { no_such: { type: "pointer" } });
      } catch (error) {
        return [error instanceof Error, String(error).split(":").slice(0, 2)];
      }
    },
    "UnsafeFnPointer: of a function, with its definition": () => {
      const { symbols } = Deno.dlopen("libc.so.6", { kill: { type: "pointer" } });
      const address = symbols.kill as Deno.PointerObject<
        Deno.ForeignFunction<["i32", "i32"], "i32">
      >;
      const kill = new Deno.UnsafeFnPointer(address, { parameters: ["i32", "i32"], result: "i32" });
      return [kill.call(Deno.pid, 0), kill.definition];
    },
    "kill: own process": () => libc.kill(Deno.pid, 0),
    "signal: ignored, and the default again": () => {
      const before = Number(libc.signal(60, 1n));
      const killed = libc.kill(Deno.pid, 60);
      return [before, killed, Number(libc.signal(60, 0n))];
    },
    "kill: no such process": () => libc.kill(4_190_000, 0),
    "access": () => libc.access(cString(folder), W_OK | X_OK),
    "access: missing": () => libc.access(cString(`${folder}/missing`), R_OK),
    "statfs: the type of /proc": () => {
      const statfs = new Uint8Array(120);
      return [libc.statfs(cString("/proc"), statfs), statfs.subarray(0, 8).join()];
    },
    "statfs: missing": () => libc.statfs(cString(`${folder}/missing`), new Uint8Array(120)),
    "madvise": () => libc.madvise(0n, 0n, 4),
    "madvise: nothing is mapped there": () => libc.madvise(4096n, 4096n, 4),
    "madvise: not the address of a page": () => libc.madvise(1n, 4096n, 4),
    "sched_getaffinity": () => {
      const mask = new Uint8Array(128);
      return [libc.sched_getaffinity(0, 128n, mask), mask.join()];
    },
    "sched_getaffinity: buffer too small": () => libc.sched_getaffinity(0, 1n, new Uint8Array(1)),
    "open, write, close": () => {
      const fd = libc.open(cString(`${folder}/written`), O_WRONLY | O_CREAT, 0o600);
      const written = libc.write(fd, cString("abc"), 4n);
      const closed = [libc.close(fd), libc.close(fd)];
      return [written, closed, Deno.readTextFileSync(`${folder}/written`)];
    },
    "write: size as a number": () => libc.write(-1, cString("abc"), 4 as unknown as bigint),
    "write: null": () => libc.write(-1, null, 0n),
    "socket, bind: port in use": () => {
      const sockets = [
        libc.socket(AF_INET, SOCK_STREAM, 0),
        libc.socket(AF_INET, SOCK_STREAM, 0),
      ] as const;
      const address = new Uint8Array([
        AF_INET,
        0,
        0x7a,
        0x11,
        127,
        0,
        0,
        1,
        0,
        0,
        0,
        0,
        0,
        0,
        0,
        0,
      ]);
      const bound = sockets.map((socket) => libc.bind(socket, address, address.length));
      return [bound, sockets.map((socket) => libc.close(socket))];
    },
    "setsockopt: SO_REUSEADDR": () => {
      const on = new Uint8Array([1, 0, 0, 0]);
      const socket = libc.socket(2, 1, 0);
      const set = [socket, -1].map((one) => libc.setsockopt(one, 1, 2, on, on.length));
      return [set, libc.close(socket)];
    },
    "flock: taken once": () => {
      const open = () => libc.open(cString(`${folder}/lock`), 2 | 0o100 | 0o2000000, 0o600);
      const [one, other] = [open(), open()] as const;
      const [EX_NB, UN] = [2 | 4, 8];
      const taken = [libc.flock(one, EX_NB), libc.flock(other, EX_NB), libc.flock(one, UN)];
      return [taken, libc.flock(other, EX_NB), libc.close(one), libc.close(other)];
    },
    "flock: no such descriptor": () => libc.flock(-1, 8),
    "open: non-blocking": () => {
      const fd = libc.open(cString("/proc/self/fd/1"), O_WRONLY | O_NONBLOCK, 0);
      return [fd > 2, libc.close(fd)];
    },
    "open: missing": () => libc.open(cString(`${folder}/missing`), 0, 0),
    "clock_gettime: monotonic": () => {
      const times = [0, 0].map(() => new BigInt64Array(2));
      const got = times.map((time) => libc.clock_gettime(1, new Uint8Array(time.buffer)));
      const [before = 0n, after = 0n] = times.map(([s = 0n, ns = 0n]) => s * 1_000_000_000n + ns);
      return [got, before > 0n, after >= before, libc.clock_gettime(99, new Uint8Array(16))];
    },
    "sendto": () => {
      const [receiver, sender] = [0, 0].map(() =>
        libc.socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0)
      );
      const address = unixAddress(`${folder}/datagram.sock`);
      const bound = libc.bind(receiver!, address, address.length);
      const sent = libc.sendto(sender!, cString("x"), 1n, MSG_DONTWAIT, address, address.length);
      return [bound, sent, libc.close(receiver!), libc.close(sender!)];
    },
    "sendto: path missing": () => {
      const socket = libc.socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
      const address = unixAddress(`${folder}/missing`);
      const sent = libc.sendto(socket, cString("x"), 1n, MSG_DONTWAIT, address, address.length);
      return [socket > 2, sent, libc.close(socket)];
    },
    "getrlimit, setrlimit": () => {
      const limits = new BigUint64Array(2);
      const bytes = new Uint8Array(limits.buffer);
      const got = libc.getrlimit(RLIMIT_NOFILE, bytes);
      return [got, limits[0]! > 0n, libc.setrlimit(RLIMIT_NOFILE, bytes)];
    },
    "fcntl": () => [libc.fcntl(1, F_GETFD, 0), libc.fcntl(999, F_GETFD, 0)],
    "sigprocmask": () => {
      const [SIG_BLOCK, SIG_UNBLOCK, SIGTTOU] = [0, 1, 22];
      const mask = new Uint8Array(128);
      new DataView(mask.buffer).setUint32(0, 1 << (SIGTTOU - 1), true);
      const before = new Uint8Array(128);
      const results = [SIG_BLOCK, SIG_UNBLOCK, 99].map((how) =>
        libc.sigprocmask(how, mask, before)
      );
      // The unblocking call saw the signal blocked.
      return [results, (before[2]! & 0x20) !== 0];
    },
    "waitid: no children": () => {
      const info = new Uint8Array(128);
      return libc.waitid(P_ALL, 0, info, WEXITED | WNOHANG | WNOWAIT);
    },
    "prctl": () => {
      const set = libc.prctl(PR_SET_CHILD_SUBREAPER, 1n, 0n, 0n, 0n);
      return [set, libc.prctl(PR_GET_CHILD_SUBREAPER, 0n, 0n, 0n, 0n)];
    },
    "prctl, waitid: reaps an orphan": async () => {
      const child = new Deno.Command("/bin/sh", { args: ["-c", "sleep 0.02 & exit 3"] }).spawn();
      const { code } = await child.status;
      const info = new Uint8Array(128);
      const view = new DataView(info.buffer);
      let reaped = 0;
      while (libc.waitid(P_ALL, 0, info, WEXITED | WNOHANG | WNOWAIT) === 0) {
        const pid = view.getInt32(16, true);
        view.setInt32(16, 0, true);
        if (pid > 0 && libc.waitid(P_PID, pid, info, WEXITED | WNOHANG) === 0) reaped++;
        else await new Promise<void>((resolve) => setTimeout(resolve, 5));
      }
      return [code, reaped];
    },
    "syscall, ioctl, epoll: tells when a grandchild has ended": async () => {
      const shell = new Deno.Command("/bin/sh", {
        args: ["-c", "exec 2>&-; sleep 60 >&- & echo $!; wait"],
        stdout: "piped",
      }).spawn();
      const pid = new TextDecoder().decode((await shell.stdout.getReader().read()).value);
      const pidfd = libc.syscall(PIDFD_OPEN, BigInt(pid), 0n);
      const epoll = libc.epoll_create1(EPOLL_CLOEXEC);
      const event = new Uint8Array(16);
      event[0] = EPOLLIN;
      event[8] = 42;
      const added = libc.epoll_ctl(epoll, EPOLL_CTL_ADD, pidfd, event);
      const ended = libc.epoll_wait(epoll, event, 1, -1);
      libc.kill(Number(pid), 9);
      const results = [added, await ended, event[8]];
      const info = new Uint8Array(64);
      const unknown = libc.ioctl(-1, PIDFD_GET_INFO, info);
      await shell.status;
      const closed = [libc.close(pidfd), libc.close(epoll)];
      return [pidfd > 2, epoll > 2, results, unknown, closed];
    },
    "syscall: no such process": () => libc.syscall(PIDFD_OPEN, 4_190_000n, 0n),
    "epoll_ctl: no such descriptor": () => libc.epoll_ctl(-1, EPOLL_CTL_ADD, 1, new Uint8Array(16)),
    "too few arguments": () =>
      (libc.prctl as (...values: unknown[]) => number)(PR_SET_CHILD_SUBREAPER, 1n),
    "argument of the wrong type": () => (libc.kill as (...values: unknown[]) => number)("1", 0),
  };
};
