import type { Cases } from "./cases.ts";

const symbols = {
  waitid: { parameters: ["i32", "u32", "buffer", "i32"], result: "i32" },
  prctl: { parameters: ["i32", "u64", "u64", "u64", "u64"], result: "i32" },
  getrlimit: { parameters: ["i32", "buffer"], result: "i32" },
  setrlimit: { parameters: ["i32", "buffer"], result: "i32" },
  fcntl: { parameters: ["i32", "i32", "i32"], result: "i32" },
  kill: { parameters: ["i32", "i32"], result: "i32" },
  access: { parameters: ["buffer", "i32"], result: "i32" },
  sched_getaffinity: { parameters: ["i32", "usize", "buffer"], result: "i32" },
  socket: { parameters: ["i32", "i32", "i32"], result: "i32" },
  bind: { parameters: ["i32", "buffer", "u32"], result: "i32" },
  setsockopt: { parameters: ["i32", "i32", "i32", "buffer", "u32"], result: "i32" },
  flock: { parameters: ["i32", "i32"], result: "i32" },
  open: { parameters: ["buffer", "i32", "i32"], result: "i32" },
  sendto: { parameters: ["i32", "buffer", "usize", "i32", "buffer", "u32"], result: "isize" },
  write: { parameters: ["i32", "buffer", "usize"], result: "isize" },
  close: { parameters: ["i32"], result: "i32" },
  getsid: { parameters: ["i32"], result: "i32" },
  getpgid: { parameters: ["i32"], result: "i32" },
  pipe2: { parameters: ["buffer", "i32"], result: "i32" },
  isatty: { parameters: ["i32"], result: "i32" },
} as const satisfies Deno.ForeignLibraryInterface;

const cString = (text: string) => new TextEncoder().encode(`${text}\0`);
const RLIMIT_NOFILE = 7;
const PR_SET_CHILD_SUBREAPER = 36;
const PR_GET_CHILD_SUBREAPER = 37;
const [P_ALL, WNOHANG, WEXITED, WNOWAIT] = [0, 1, 4, 0x01000000];

export const library: Cases = (folder) => {
  const libc = Deno.dlopen("libc.so.6", symbols).symbols;
  return {
    "no such library": () => {
      try {
        Deno.dlopen("/no/such/library.so", {});
      } catch (error) {
        return [error instanceof Error, String(error).split(":").slice(0, 2)];
      }
    },
    "no such function": () => {
      try {
        Deno.dlopen("libc.so.6", { no_such: { parameters: [], result: "i32" } });
      } catch (error) {
        return [error instanceof Error, String(error).split(":").slice(0, 2)];
      }
    },
    "kill: oneself": () => libc.kill(Deno.pid, 0),
    "kill: nobody": () => libc.kill(4_190_000, 0),
    "access": () => libc.access(cString(folder), 2 | 1),
    "access: missing": () => libc.access(cString(`${folder}/missing`), 4),
    "sched_getaffinity": () => {
      const mask = new Uint8Array(128);
      return [libc.sched_getaffinity(0, 128n, mask), mask.join()];
    },
    "sched_getaffinity: too small": () => libc.sched_getaffinity(0, 1n, new Uint8Array(1)),
    "write": () => {
      const ends = new Int32Array(2);
      const made = libc.pipe2(new Uint8Array(ends.buffer), 0o2000000);
      const [reader, writer] = [ends[0]!, ends[1]!];
      const written = libc.write(writer, cString("abc"), 4n);
      return [made, written, libc.close(reader), libc.close(writer), libc.close(writer)];
    },
    "write: a number for the size": () => libc.write(-1, cString("abc"), 4 as unknown as bigint),
    "write: nothing": () => libc.write(-1, null, 0n),
    "bind: a port once, and again": () => {
      const sockets = [libc.socket(2, 1, 0), libc.socket(2, 1, 0)] as const;
      const address = new Uint8Array([2, 0, 0x7a, 0x11, 127, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0]);
      const bound = sockets.map((socket) => libc.bind(socket, address, address.length));
      return [bound, sockets.map((socket) => libc.close(socket))];
    },
    "setsockopt: SO_REUSEADDR on a socket, and on none": () => {
      const on = new Uint8Array([1, 0, 0, 0]);
      const socket = libc.socket(2, 1, 0);
      const set = [socket, -1].map((one) => libc.setsockopt(one, 1, 2, on, on.length));
      return [set, libc.close(socket)];
    },
    "flock: one takes it, the other cannot": () => {
      const open = () => libc.open(cString(`${folder}/lock`), 2 | 0o100 | 0o2000000, 0o600);
      const [one, other] = [open(), open()] as const;
      const [EX_NB, UN] = [2 | 4, 8];
      const taken = [libc.flock(one, EX_NB), libc.flock(other, EX_NB), libc.flock(one, UN)];
      return [taken, libc.flock(other, EX_NB), libc.close(one), libc.close(other)];
    },
    "flock: nothing open": () => libc.flock(-1, 8),
    "open": () => {
      const fd = libc.open(cString("/proc/self/fd/1"), 1 | 0o4000, 0);
      return [fd > 2, libc.close(fd), libc.open(cString(`${folder}/missing`), 0, 0)];
    },
    "datagram to nobody": () => {
      const socket = libc.socket(1, 2 | 0o2000000, 0);
      const address = new Uint8Array([1, 0, ...cString(`${folder}/missing`)]);
      const sent = libc.sendto(socket, cString("x"), 1n, 0x40, address, address.length);
      return [socket > 2, sent, libc.close(socket)];
    },
    "limits": () => {
      const limits = new BigUint64Array(2);
      const bytes = new Uint8Array(limits.buffer);
      const got = libc.getrlimit(RLIMIT_NOFILE, bytes);
      return [got, limits[0]! > 0n, libc.setrlimit(RLIMIT_NOFILE, bytes)];
    },
    "flags of descriptors": () => [libc.fcntl(1, 1, 0), libc.fcntl(999, 1, 0)],
    "waitid: none": () => {
      const info = new Uint8Array(128);
      return libc.waitid(P_ALL, 0, info, WEXITED | WNOHANG | WNOWAIT);
    },
    "prctl": () => {
      const value = new Int32Array(1);
      const set = libc.prctl(PR_SET_CHILD_SUBREAPER, 1n, 0n, 0n, 0n);
      const address = BigInt(0);
      return [set, libc.prctl(PR_GET_CHILD_SUBREAPER, address, 0n, 0n, 0n), value[0]];
    },
    "orphans": async () => {
      const child = new Deno.Command("/bin/sh", { args: ["-c", "sleep 0.02 & exit 3"] }).spawn();
      const { code } = await child.status;
      const info = new Uint8Array(128);
      const view = new DataView(info.buffer);
      const seen = { reaped: 0, pid: 0 };
      while (libc.waitid(P_ALL, 0, info, WEXITED | WNOHANG | WNOWAIT) === 0) {
        const pid = view.getInt32(16, true);
        view.setInt32(16, 0, true);
        if (pid > 0 && libc.waitid(1, pid, info, WEXITED | WNOHANG) === 0) seen.reaped++;
        else await new Promise<void>((resolve) => setTimeout(resolve, 5));
      }
      return [code, seen.reaped];
    },
    "sessions": () => [libc.getsid(0) > 0, libc.getpgid(0) > 0, libc.getsid(4_190_000)],
    "isatty": () => [libc.isatty(0), libc.isatty(999)],
    "too few arguments": () => (libc.prctl as (...values: unknown[]) => number)(36, 1n),
    "an argument of another type": () => (libc.kill as (...values: unknown[]) => number)("1", 0),
  };
};
