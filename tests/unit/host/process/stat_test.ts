import assert from "node:assert/strict";
import { parseStat, readStat } from "../../../../lib/host/process/stat.ts";
import { readTree } from "../../../../lib/host/process/tree.ts";
import { SCHEDULING_MS, until } from "../../../support/waiting.ts";

Deno.test("process: a name may contain spaces and parentheses", () => {
  const numbers = Array.from({ length: 50 }, (_, index) => index + 4);
  const stat = parseStat(`42 (a) S (b (c)) R ${numbers.join(" ")}\n`);

  assert.deepEqual(stat, {
    name: "a) S (b (c)",
    state: "R",
    parent: 4,
    group: 5,
    terminal: 7,
    cpuTicks: 14 + 15,
    childrenCpuTicks: 16 + 17,
    startTicks: 22,
  });
});

Deno.test("process: control characters in a name are escaped", () => {
  const stat = parseStat("42 (\x1b[2J\ntandem: x) S 1 1");
  assert.equal(stat.name, "\\x1b[2J\\x0atandem: x");
});

Deno.test("process: this process has a stat, pid 0 has none", () => {
  assert.equal(readStat(Deno.pid)?.parent, Deno.ppid);
  assert.equal(readStat(0), undefined);
});

Deno.test("process: the tree of this process begins with itself and contains its descendants", async () => {
  const command = new Deno.Command("sh", { args: ["-c", "sleep 60 & wait"], stdout: "null" });
  await using child = command.spawn();
  try {
    const { tree, sleep } = await until(SCHEDULING_MS, "sleep 60 in the tree", () => {
      const tree = readTree(Deno.pid);
      const sleep = tree.find(({ title }) => title === "sleep 60");
      return sleep && { tree, sleep };
    });
    assert.equal(tree[0]!.pid, Deno.pid);
    assert.ok(tree[0]!.rssBytes > 1e6, "memory in bytes");
    assert.deepEqual([sleep.parent, sleep.depth], [child.pid, 2]);
    Deno.kill(sleep.pid, "SIGKILL");
  } finally {
    await child.status;
  }
});
