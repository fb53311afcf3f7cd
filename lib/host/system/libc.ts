/** System calls of 64-bit Linux that Deno does not offer. On failure they return -1; errno cannot be read. */

const signatures = {
  waitid: { parameters: ["i32", "u32", "buffer", "i32"], result: "i32" },
  prctl: { parameters: ["i32", "u64", "u64", "u64", "u64"], result: "i32" },
  getrlimit: { parameters: ["i32", "buffer"], result: "i32" },
  setrlimit: { parameters: ["i32", "buffer"], result: "i32" },
  fcntl: { parameters: ["i32", "i32", "i32"], result: "i32" },
  signal: { parameters: ["i32", "usize"], result: "usize" },
  kill: { parameters: ["i32", "i32"], result: "i32" },
  // Of the calling thread, as pthread_sigmask, which libc.so.6 has only from glibc 2.32 on.
  sigprocmask: { parameters: ["i32", "buffer", "buffer"], result: "i32" },
  statfs: { parameters: ["buffer", "buffer"], result: "i32" },
  access: { parameters: ["buffer", "i32"], result: "i32" },
  sched_getaffinity: { parameters: ["i32", "usize", "buffer"], result: "i32" },
  socket: { parameters: ["i32", "i32", "i32"], result: "i32" },
  bind: { parameters: ["i32", "buffer", "u32"], result: "i32" },
  setsockopt: { parameters: ["i32", "i32", "i32", "buffer", "u32"], result: "i32" },
  flock: { parameters: ["i32", "i32"], result: "i32" },
  madvise: { parameters: ["usize", "usize", "i32"], result: "i32" },
  open: { parameters: ["buffer", "i32", "i32"], result: "i32" },
  sendto: { parameters: ["i32", "buffer", "usize", "i32", "buffer", "u32"], result: "isize" },
  write: { parameters: ["i32", "buffer", "usize"], result: "isize" },
  clock_gettime: { parameters: ["i32", "buffer"], result: "i32" },
  close: { parameters: ["i32"], result: "i32" },
  ioctl: { parameters: ["i32", "u64", "buffer"], result: "i32" },
  syscall: { parameters: ["i64", "i64", "i64"], result: "i32" },
  epoll_create1: { parameters: ["i32"], result: "i32" },
  epoll_ctl: { parameters: ["i32", "i32", "i32", "buffer"], result: "i32" },
  // Waits on a thread of its own in Deno, and in the event loop of the slim edition.
  epoll_wait: { parameters: ["i32", "buffer", "i32", "i32"], result: "i32", nonblocking: true },
} as const satisfies Record<string, Deno.ForeignFunction>;

type Signatures = typeof signatures;
type Name = keyof Signatures;
type Functions = { [name in Name]: Deno.UnsafeFnPointer<Signatures[name]>["call"] };

let opened: Functions | undefined;

export function libc(): Functions {
  return opened ??= open();
}

/**
 * A call goes to the function's address and takes 3 µs. For a function that it opens with its types, Deno first
 * compiles a trampoline, which takes 0.1 to 0.6 ms.
 */
function open(): Functions {
  const names = Object.keys(signatures) as Name[];
  const addresses = Object.fromEntries(names.map((name) => [name, { type: "pointer" }] as const));
  const { symbols } = Deno.dlopen("libc.so.6", addresses);
  const functions = names.map((name) => {
    const address = symbols[name] as Deno.PointerObject<Deno.ForeignFunction>;
    const pointer = new Deno.UnsafeFnPointer<Deno.ForeignFunction>(address, signatures[name]);
    return [name, pointer.call.bind(pointer)];
  });
  return Object.fromEntries(functions);
}

/**
 * UTF-8 with a NUL at its end. The slim edition escapes each byte of a path that is not part of valid UTF-8 as a lone
 * surrogate, U+DC80 to U+DCFF; here it becomes that byte again.
 */
export function cString(text: string): Uint8Array<ArrayBuffer> {
  const encoder = new TextEncoder();
  if (text.isWellFormed()) return encoder.encode(`${text}\0`);
  return Uint8Array.from([...text, "\0"].flatMap((character) => {
    const code = character.codePointAt(0)!;
    return code >= 0xdc80 && code <= 0xdcff ? [code - 0xdc00] : [...encoder.encode(character)];
  }));
}
