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
} as const satisfies Signatures;

type Signatures = Record<string, Deno.ForeignFunction>;
type Functions<S extends Signatures> = {
  [Name in keyof S]: Deno.UnsafeFnPointer<S[Name]>["call"];
};

let opened: Functions<typeof signatures> | undefined;

export function libc(): Functions<typeof signatures> {
  return opened ??= openFunctions(signatures).functions;
}

/**
 * Functions of libc. A call goes to the function's address and takes 3 µs. For a function that it opens with its types,
 * Deno first compiles a trampoline, which takes 0.1 to 0.6 ms.
 */
export function openFunctions<S extends Signatures>(
  signatures: S,
): { functions: Functions<S>; close(): void } {
  const names = Object.keys(signatures);
  const addresses = Object.fromEntries(names.map((name) => [name, { type: "pointer" }] as const));
  const library = Deno.dlopen("libc.so.6", addresses);
  const functions = names.map((name) => {
    const address = library.symbols[name] as Deno.PointerObject<Deno.ForeignFunction>;
    const pointer = new Deno.UnsafeFnPointer<Deno.ForeignFunction>(address, signatures[name]!);
    return [name, pointer.call.bind(pointer)];
  });
  return { functions: Object.fromEntries(functions), close: () => library.close() };
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
