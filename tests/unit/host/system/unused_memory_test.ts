/** What the start used is given back: checked on this process, which runs Deno too. */

import { deepStrictEqual, ok } from "node:assert";
import { libc } from "../../../../lib/host/system/libc.ts";
import { findCode, giveBackUnusedMemory } from "../../../../lib/host/system/unused_memory.ts";

function fileMemory(): number {
  return Number(/^RssFile:\s+(\d+) kB$/m.exec(Deno.readTextFileSync("/proc/self/status"))?.[1]);
}

libc(); // Opened here, because a test that opens it would count as leaking a library.

Deno.test("unused memory: the executable's code is no longer mapped, and still runs", () => {
  const before = fileMemory();
  giveBackUnusedMemory();
  const after = fileMemory();
  ok(after < before - 1024, `${before} kB of files were mapped, and then ${after} kB`);
  deepStrictEqual(JSON.parse("[1, 2]"), [1, 2]);
});

Deno.test("unused memory: only code of that file that cannot be written", () => {
  const maps = [
    "302400000000-302408000000 ---p 00000000 00:00 0 ",
    "558b2a804000-558b2caa7000 r--p 00000000 fe:00 1729794                    /opt/program/tandem",
    "558b2caa7000-558b2fdf3000 r-xp 022a3000 fe:00 1729794                    /opt/program/tandem",
    "558b2fdf3000-558b2fdf4000 rwxp 055ef000 fe:00 1729794                    /opt/program/tandem",
    "7f90b98a4000-7f90b99fa000 r-xp 00026000 fe:00 339380                     /usr/lib/libc.so.6",
    "",
  ].join("\n");
  deepStrictEqual(findCode(maps, "/opt/program/tandem"), [
    { start: 0x558b2caa7000n, bytes: 0x334c000n },
  ]);
  deepStrictEqual(findCode(maps, "/opt/program/tandem (deleted)"), []);
});
