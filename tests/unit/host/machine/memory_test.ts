import assert from "node:assert/strict";
import { type CgroupController, cgroupFolders } from "../../../../lib/host/machine/cgroups.ts";
import { killsOf, limitOf } from "../../../../lib/host/machine/memory.ts";

Deno.test("memory limit: none, in both versions of cgroups", () => {
  assert.equal(limitOf("max\n"), Infinity);
  assert.equal(limitOf("9223372036854771712\n"), Infinity);
  assert.equal(limitOf(undefined), Infinity);
  assert.equal(limitOf("536870912\n"), 536_870_912);
});

Deno.test("memory limit: the memory group may differ from the CPU group", () => {
  const groups = "5:memory:/m/n\n4:cpu,cpuacct:/c\n";
  const mounts = "1 0 0:1 / /g/cpu rw - cgroup x rw,cpu,cpuacct\n" +
    "2 0 0:2 / /g/memory rw - cgroup x rw,memory\n";
  const paths = (controller: CgroupController) =>
    cgroupFolders(groups, mounts, controller).map(({ path }) => path);
  assert.deepEqual(paths("memory"), ["/g/memory", "/g/memory/m", "/g/memory/m/n"]);
  assert.deepEqual(paths("cpu"), ["/g/cpu", "/g/cpu/c"]);
});

Deno.test("memory kills: they are counted in both versions of cgroups", () => {
  assert.equal(killsOf("oom_kill_disable 0\nunder_oom 0\noom_kill 3\n"), 3);
  assert.equal(killsOf("low 0\nhigh 0\nmax 9\noom 4\noom_kill 2\noom_group_kill 0\n"), 2);
  assert.equal(killsOf("oom_kill_disable 0\nunder_oom 0\n"), undefined);
  assert.equal(killsOf(undefined), undefined);
});
