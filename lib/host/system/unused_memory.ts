/** Gives memory back that only the start has used. */

import { edition } from "../../build_info.ts";
import { readTextIfExists } from "./if_exists.ts";
import { libc, openFunctions } from "./libc.ts";

const MADV_DONTNEED = 4;

/** V8 has it with --expose-gc, which scripts/build.ts gives; QuickJS counts references instead. */
const { gc: collectGarbage } = globalThis as {
  gc?: (options: { type: "major"; flavor: "last-resort" }) => void;
};

/**
 * Collects all garbage, frees what glibc's malloc keeps, and takes the executable's code out of this process's memory,
 * such as V8's compiler. The kernel keeps the code in its page cache, and maps what runs again from there.
 */
export function giveBackUnusedMemory(): void {
  collectGarbage?.({ type: "major", flavor: "last-resort" });
  const executable = Deno.readLinkSync("/proc/self/exe");
  for (const { start, bytes } of findCode(readTextIfExists("/proc/self/maps") ?? "", executable)) {
    libc().madvise(start, bytes, MADV_DONTNEED);
  }
  // The slim edition has no glibc.
  if (edition !== "slim") trimMalloc();
}

function trimMalloc(): void {
  const { functions, close } = openFunctions({
    malloc_trim: { parameters: ["usize"], result: "i32" },
  });
  functions.malloc_trim(0n);
  close();
}

/**
 * The mappings of a file that can be executed and not written, so that every page is as it is in the file.
 * @param maps as in /proc/PID/maps
 */
export function findCode(maps: string, file: string): { start: bigint; bytes: bigint }[] {
  return maps.split("\n").flatMap((line) => {
    const [range = "", rights] = line.split(" ", 2);
    if (rights !== "r-xp" || !line.endsWith(` ${file}`)) return [];
    const [from, to] = range.split("-").map((address) => BigInt(`0x${address}`));
    return [{ start: from!, bytes: to! - from! }];
  });
}
