/** Any text of /proc and of cgroup files gives folders, a CPU count and a limit; names come through escaping intact. */

import assert from "node:assert/strict";
import fc from "fast-check";
import { cgroupFolders } from "../../../../lib/host/machine/cgroups.ts";
import { quotaOf, usableCpus } from "../../../../lib/host/machine/cpus.ts";
import { killsOf, limitOf } from "../../../../lib/host/machine/memory.ts";
import { libc } from "../../../../lib/host/system/libc.ts";
import { parseMounts } from "../../../../lib/host/system/mounts.ts";
import { property } from "../../support/cases.ts";
import { noise } from "../../support/noise.ts";

libc(); // Opened here, because a test that opens it would count as leaking a library.

const word = fc.constantFrom(
  ...[
    "0::/",
    "5:cpu:/",
    "4:memory,cpu:/a/b",
    " - ",
    "cgroup",
    "cgroup2",
    "cpu",
    "rw,cpu",
    "/",
    ":",
  ],
  ...[
    "30 23 0:26 / /sys rw - cgroup2 x rw",
    "1 0 0:1 /.. /c rw - cgroup x rw,cpu",
    "\n",
    " ",
    "\\040",
  ],
  ...["max", "-1", "100000", "0", "oom_kill 3", "oom_kill ", "9".repeat(400)],
);
const text = fc.oneof(noise, fc.array(word, { maxLength: 30 }).map((words) => words.join("")));

property("cgroups properties: any text gives folders below a mount, and usable numbers", [
  text,
  text,
], (groups, other) => {
  const points = new Set(parseMounts(other).map(({ point }) => point));
  for (const controller of ["cpu", "memory"] as const) {
    for (const { path } of cgroupFolders(groups, other, controller)) {
      assert.ok([...points].some((point) => path === point || path.startsWith(`${point}/`)), path);
      assert.ok(
        !path.split("/").includes("..") || [...points].some((point) => point.includes("..")),
      );
    }
  }
  assert.ok(quotaOf(other) >= 0, `quota ${quotaOf(other)}`);
  assert.ok(limitOf(other) >= 0, `limit ${limitOf(other)}`);
  assert.ok((killsOf(other) ?? 0) >= 0);
  const read = (path: string) => path.endsWith("cgroup") ? groups : other;
  const cpus = usableCpus(read, Uint8Array.of(0xff));
  assert.ok(Number.isInteger(cpus) && cpus >= 1 && cpus <= 8, `${cpus} CPUs`);
});

/** As the kernel writes it (seq_path: " \t\n\\"). */
const escaped = (path: string) =>
  path.replace(/[ \t\n\\]/g, (c) => `\\${c.charCodeAt(0).toString(8).padStart(3, "0")}`);

const name = fc.string({
  unit: fc.constantFrom(..."abz019.-_:@é \t\\", "x2d"),
  minLength: 1,
  maxLength: 12,
}).filter((name) => !/^\.+$/.test(name));
const path = fc.array(name, { maxLength: 4 }).map((names) =>
  names.map((one) => `/${one}`).join("")
);
const tags = fc.constantFrom("", "shared:4 ", "shared:4 master:1 ", "propagate_from:2 ");

property("cgroups properties: the folders are those of the group, whatever the names and tags", [
  path.filter(Boolean),
  path,
  path,
  tags,
], (point, root, inside, tags) => {
  const mounts = `22 1 8:1 / / rw ${tags}- ext4 /dev/sda1 rw\n` +
    `30 23 0:26 ${escaped(root || "/")} ${escaped(point)} rw,nosuid ${tags}- cgroup2 cgroup2 rw\n`;
  const folders = cgroupFolders(`0::${root}${inside || "/"}\n`, mounts, "cpu");
  const names = inside.split("/").slice(1);
  const expected = [...names.keys(), names.length]
    .map((depth) => [point, ...names.slice(0, depth)].join("/"));
  assert.deepEqual(folders.map(({ path }) => path), expected);
});
