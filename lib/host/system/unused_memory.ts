/** Gives memory back that only the start of the Deno edition has used. */

import { readTextIfExists } from "./if_exists.ts";

const MADV_DONTNEED = 4;

const symbols = {
  malloc_trim: { parameters: ["usize"], result: "i32" },
  madvise: { parameters: ["usize", "usize", "i32"], result: "i32" },
} as const;

/**
 * Frees what malloc keeps, and takes the executable's code out of this process's memory: V8's compiler, for example. The
 * kernel keeps the code in its page cache, and maps what runs again from there. The slim edition has no such memory.
 */
export function giveBackUnusedMemory(): void {
  const { deno } = Deno.version;
  if (!deno) return;
  const libc = Deno.dlopen("libc.so.6", symbols);
  libc.symbols.malloc_trim(0n);
  const executable = Deno.readLinkSync("/proc/self/exe");
  for (const { start, bytes } of findCode(readTextIfExists("/proc/self/maps") ?? "", executable)) {
    libc.symbols.madvise(start, bytes, MADV_DONTNEED);
  }
  libc.close();
}

/**
 * The mappings of a file that can be executed and not written, so that every page is as it is in the file.
 * @param maps as in /proc/PID/maps
 */
export function findCode(maps: string, file: string): { start: bigint; bytes: bigint }[] {
  return maps.split("\n").flatMap((line) => {
    const [, from, to, path] = /^([0-9a-f]+)-([0-9a-f]+) r-xp \S+ \S+ \S+ +(.*)$/.exec(line) ?? [];
    if (path !== file) return [];
    const start = BigInt(`0x${from}`);
    return [{ start, bytes: BigInt(`0x${to}`) - start }];
  });
}
