import assert from "node:assert/strict";
import { cgroupFolders } from "../../../../lib/host/machine/cgroups.ts";
import {
  countBits,
  onlineCpus,
  quotaOf,
  readAffinity,
  usableCpus,
} from "../../../../lib/host/machine/cpus.ts";
import { libc } from "../../../../lib/host/system/libc.ts";

libc(); // Opened here, because a test that opens it would count as leaking a library.

const masks: [mask: number[], cpus: number][] = [
  [[0x01], 1],
  [[0x03], 2],
  [[0x0a], 2],
  [[0x80], 1],
  [[0xff, 0, 0, 0x01], 9],
  [new Array(128).fill(0xff), 1024],
  [[0], 0],
];

for (const [mask, cpus] of masks) {
  Deno.test(`cpus: the affinity mask ${mask.slice(0, 4)}… allows ${cpus}`, () => {
    assert.equal(countBits(Uint8Array.from(mask)), cpus);
  });
}

const quotas: [text: string | undefined, cpus: number][] = [
  ["max 100000\n", Infinity],
  ["100000 100000\n", 1],
  ["150000 100000\n", 1.5],
  ["50000 100000\n", 0.5],
  ["400000\n 100000\n", 4],
  ["-1\n 100000\n", Infinity],
  ["100000 0", Infinity],
  ["undefined undefined", Infinity],
  ["", Infinity],
  [undefined, Infinity],
];

for (const [text, cpus] of quotas) {
  Deno.test(`cpus: the quota ${JSON.stringify(text)} is ${cpus} CPUs`, () => {
    assert.equal(quotaOf(text), cpus);
  });
}

/** A line of /proc/self/mountinfo. */
function mount(root: string, point: string, type: string, options: string): string {
  return `30 23 0:26 ${root} ${point} rw,nosuid shared:4 - ${type} ${type} ${options}`;
}

const v2Mount = (root = "/", point = "/sys/fs/cgroup") =>
  mount(root, point, "cgroup2", "rw,nsdelegate,memory_recursiveprot");
const v1Mount = (root = "/") =>
  mount(root, "/sys/fs/cgroup/cpu,cpuacct", "cgroup", "rw,cpu,cpuacct");
const others = [
  "22 1 8:1 / / rw,relatime shared:1 - ext4 /dev/sda1 rw",
  mount("/", "/sys/fs/cgroup/systemd", "cgroup", "rw,xattr,name=systemd"),
  mount("/", "/sys/fs/cgroup/cpuset", "cgroup", "rw,cpuset"),
];

const machines: [what: string, groups: string, mounts: string[], folders: string[]][] = [
  [
    "v2, a service on a host: its own group and all groups above it",
    "0::/system.slice/tandem.service",
    [v2Mount()],
    [
      "2 /sys/fs/cgroup",
      "2 /sys/fs/cgroup/system.slice",
      "2 /sys/fs/cgroup/system.slice/tandem.service",
    ],
  ],
  [
    "v2, a container with its own cgroup namespace",
    "0::/",
    [v2Mount()],
    ["2 /sys/fs/cgroup"],
  ],
  [
    "v2, a container without a cgroup namespace: the mount shows its part of the tree",
    "0::/system.slice/docker-abc.scope",
    [v2Mount("/system.slice/docker-abc.scope")],
    ["2 /sys/fs/cgroup"],
  ],
  [
    "v2, a group below the container's",
    "0::/docker/abc/init",
    [v2Mount("/docker/abc")],
    ["2 /sys/fs/cgroup", "2 /sys/fs/cgroup/init"],
  ],
  [
    "v2, a mount from outside the namespace",
    "0::/",
    [v2Mount("/../..")],
    ["2 /sys/fs/cgroup"],
  ],
  [
    "v2, a group above the namespace's root",
    "0::/../sibling",
    [v2Mount()],
    ["2 /sys/fs/cgroup", "2 /sys/fs/cgroup/sibling"],
  ],
  [
    "v2, a mount of another group whose name begins with the same letters",
    "0::/docker/abc",
    [v2Mount("/docker/ab")],
    ["2 /sys/fs/cgroup"],
  ],
  [
    "v1, a service on a host",
    "12:memory:/a\n4:cpu,cpuacct:/system.slice/x\n1:name=systemd:/b\n",
    [...others, v1Mount()],
    [
      "1 /sys/fs/cgroup/cpu,cpuacct",
      "1 /sys/fs/cgroup/cpu,cpuacct/system.slice",
      "1 /sys/fs/cgroup/cpu,cpuacct/system.slice/x",
    ],
  ],
  [
    "v1, a container without a cgroup namespace",
    "4:cpuacct,cpu:/docker/abc",
    [...others, v1Mount("/docker/abc")],
    ["1 /sys/fs/cgroup/cpu,cpuacct"],
  ],
  [
    "v1, a cpuset controller does not count as cpu",
    "3:cpuset:/a",
    [...others, v1Mount()],
    [],
  ],
  [
    "hybrid: groups of both versions count",
    "4:cpu,cpuacct:/x\n0::/y\n",
    [...others, v1Mount(), v2Mount("/", "/sys/fs/cgroup/unified")],
    [
      "1 /sys/fs/cgroup/cpu,cpuacct",
      "1 /sys/fs/cgroup/cpu,cpuacct/x",
      "2 /sys/fs/cgroup/unified",
      "2 /sys/fs/cgroup/unified/y",
    ],
  ],
  ["a group without a mount", "0::/x", others, []],
  ["no groups", "", [v2Mount()], []],
  ["no groups and no mounts", "", [], []],
];

for (const [what, groups, mounts, folders] of machines) {
  Deno.test(`cgroups: ${what}`, () => {
    const found = cgroupFolders(groups, `${mounts.join("\n")}\n`, "cpu");
    assert.deepEqual(found.map(({ version, path }) => `${version} ${path}`), folders);
  });
}

const fourCpus = Uint8Array.of(0x0f);

const v2Only = {
  "/proc/self/cgroup": "0::/pod/app\n",
  "/proc/self/mountinfo": `${v2Mount()}\n`,
};
const v1Only = {
  "/proc/self/cgroup": "4:cpu,cpuacct:/\n",
  "/proc/self/mountinfo": `${v1Mount()}\n`,
};
const v1Folder = "/sys/fs/cgroup/cpu,cpuacct";

const wholeMachines: [what: string, files: Record<string, string>, cpus: number][] = [
  ["no quota", {}, 4],
  ["a quota of its own group", { "/sys/fs/cgroup/pod/app/cpu.max": "200000 100000\n" }, 2],
  ["a quota of 1.1 CPUs counts as 2", { "/sys/fs/cgroup/pod/app/cpu.max": "110000 100000\n" }, 2],
  ["a quota of less than one CPU counts as 1", {
    "/sys/fs/cgroup/pod/app/cpu.max": "10000 100000\n",
  }, 1],
  ["a quota of 0 counts as 1", { "/sys/fs/cgroup/pod/app/cpu.max": "0 100000\n" }, 1],
  ["a quota of a group above", {
    "/sys/fs/cgroup/pod/app/cpu.max": "max 100000\n",
    "/sys/fs/cgroup/pod/cpu.max": "300000 100000\n",
  }, 3],
  ["a quota of more CPUs than the machine has", {
    "/sys/fs/cgroup/pod/app/cpu.max": "900000 100000\n",
  }, 4],
  ["v1, a quota", {
    ...v1Only,
    [`${v1Folder}/cpu.cfs_quota_us`]: "200000\n",
    [`${v1Folder}/cpu.cfs_period_us`]: "100000\n",
  }, 2],
  ["v1, no quota", {
    ...v1Only,
    [`${v1Folder}/cpu.cfs_quota_us`]: "-1\n",
    [`${v1Folder}/cpu.cfs_period_us`]: "100000\n",
  }, 4],
];

for (const [what, files, cpus] of wholeMachines) {
  Deno.test(`cpus: ${what}`, () => {
    const all: Record<string, string> = { ...v2Only, ...files };
    assert.equal(usableCpus((path) => all[path], fourCpus), cpus);
  });
}

Deno.test("cpus: affinity may allow fewer than the quota", () => {
  const files: Record<string, string> = v2Only;
  assert.equal(usableCpus((path) => files[path], Uint8Array.of(0x08)), 1);
});

Deno.test("cpus: if no file can be read, the runtime's count of CPUs is used", () => {
  assert.equal(usableCpus(() => undefined), navigator.hardwareConcurrency);
});

Deno.test("cpus: this machine has at least one", () => {
  const cpus = usableCpus();
  assert.ok(Number.isInteger(cpus) && cpus >= 1, `${cpus}`);
});

Deno.test("cpus: a kernel for 4,096 CPUs refuses a smaller mask", () => {
  const sizes: number[] = [];
  const mask = readAffinity((mask) => {
    sizes.push(mask.length * 8);
    if (mask.length * 8 < 4096) return -1;
    mask.fill(0xff, 0, 2048 / 8);
    return 0;
  });
  assert.deepEqual(sizes, [1024, 2048, 4096]);
  assert.equal(countBits(mask!), 2048);
  assert.equal(readAffinity(() => -1), undefined);
});

const onlineLists: [string | undefined, number][] = [
  ["0\n", 1],
  ["0-3\n", 4],
  ["0,2-5,63\n", 6],
  [undefined, navigator.hardwareConcurrency],
];

for (const [text, cpus] of onlineLists) {
  Deno.test(`cpus: of ${JSON.stringify(text)}, ${cpus} are online`, () => {
    assert.equal(onlineCpus(() => text), cpus);
  });
}
