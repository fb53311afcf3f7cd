/** What the executables are protected with against memory errors: in the file, and in the memory of a run. */
// deno-lint-ignore-file no-control-regex -- machine code
import assert from "node:assert/strict";
import { forEachLaunch } from "../support/harness.ts";
import { editions } from "../support/editions.ts";
import { DF_BIND_NOW, DT, Elf, ET_DYN, PT } from "../support/machine/elf.ts";
import { exists } from "../support/image.ts";
import { repository } from "../support/paths.ts";

interface Build {
  name: "tandem" | "tandem-slim" | "tandem-slim-arm64";
  path: string;
}

// The sanitized build is for tests only, and `arm64` is a script.
const shipped = editions.filter(({ name }) => /^tandem(-slim)?$/.test(name)) as Build[];
const arm64: Build = {
  name: "tandem-slim-arm64",
  path: `${repository}/dist/tandem-slim-arm64`,
};
const builds = exists(arm64.path) ? [...shipped, arm64] : shipped;

for (const { name, path } of builds) {
  Deno.test(`${name}: any address, bound at once, no segment both writable and executable`, () => {
    const elf = new Elf(path);
    assert.equal(elf.type, ET_DYN, "position-independent");
    assert.equal(elf.of(PT.GNU_RELRO).length, 1, "a segment that becomes read-only");
    assert.ok(elf.dynamic(DT.FLAGS).some((flags) => flags & DF_BIND_NOW), "BIND_NOW");
    const stacks = elf.of(PT.GNU_STACK).map(({ isExecutable }) => isExecutable);
    assert.deepEqual(stacks, [false], "no executable stack");
    const writable = elf.of(PT.LOAD).filter(({ isWritable }) => isWritable);
    assert.ok(writable.length > 0);
    assert.deepEqual(writable.filter(({ isExecutable }) => isExecutable), []);
  });
}

for (const { name, path } of builds.filter(({ name }) => name !== "tandem")) {
  Deno.test(`${name}: static, and its own code is separate from its data`, () => {
    const elf = new Elf(path);
    assert.deepEqual([elf.of(PT.INTERP), elf.dynamic(DT.NEEDED)], [[], []]);
    // Headers, relocations and bytecode would be material for gadgets.
    const [first, code, constants] = elf.of(PT.LOAD);
    assert.deepEqual([first, code, constants].map((one) => one?.isExecutable), [
      false,
      true,
      false,
    ]);
  });

  // The executables are stripped, so instructions are counted. Those of musl and libgcc alone are at most 60 on x86-64
  // and 230 on arm64.
  for (const [what, pattern, least] of instructions(name)) {
    Deno.test(`${name}: ${what}`, () => {
      const count = new Elf(path).countInCode(pattern);
      assert.ok(count >= least, `${count} times, at least ${least}`);
    });
  }
}

function instructions(name: Build["name"]): [string, RegExp, number][] {
  if (name === "tandem-slim-arm64") {
    return [
      ["functions sign their return address (PAC)", /\x3f\x23\x03\xd5/g, 500],
      ["and check it before they return", /\xbf\x23\x03\xd5/g, 500],
      ["indirect jumps have landing pads (BTI)", /[\x5f\x9f\xdf]\x24\x03\xd5/g, 500],
    ];
  }
  return [
    // mov %fs:0x28,REG and sub %fs:0x28,REG
    ["functions place a canary on the stack", /[\x48\x4c]\x8b[\x04-\x3c]\x25\x28\0\0\0/g, 200],
    ["and check it before they return", /[\x48\x4c]\x2b[\x04-\x3c]\x25\x28\0\0\0/g, 200],
    ["large stack frames are probed page by page", /\x48\x83\x0c\x24\0/g, 3],
    ["indirect jumps have landing pads (CET)", /\xf3\x0f\x1e\xfa/g, 500],
  ];
}

interface Mapping {
  start: number;
  end: number;
  rights: string;
  name: string;
}

function mappings(pid: number): Mapping[] {
  return Deno.readTextFileSync(`/proc/${pid}/maps`).trimEnd().split("\n").map((line) => {
    const [range = "", rights = "", , , , ...name] = line.split(/ +/);
    const [start = NaN, end = NaN] = range.split("-").map((text) => parseInt(text, 16));
    return { start, end, rights, name: name.join(" ") };
  });
}

if (shipped.length > 0) {
  forEachLaunch(
    "while it serves, its relocated data is read-only and its stack not executable",
    async ({ edition, start }) => {
      if (!shipped.some(({ path }) => path === edition.path)) return;
      const launcher = await start();
      await launcher.ready();
      const isSlim = edition.name === "tandem-slim";
      const guardian = launcher.children().filter(({ name }) => name === "tandem-guardian");
      assert.equal(guardian.length, isSlim ? 1 : 0);
      for (const pid of [launcher.pid, ...guardian.map(({ pid }) => pid)]) {
        const all = mappings(pid);
        assert.deepEqual(relocatedRights(edition.path, all), ["r--p"]);
        assert.equal(all.find(({ name }) => name === "[stack]")?.rights, "rw-p");
        // V8 writes machine code into memory that it executes; QuickJS interprets.
        const both = all.filter(({ rights }) => /w.*x/.test(rights));
        if (isSlim) assert.deepEqual(both, []);
        else assert.ok(both.every(({ name }) => name === ""), "none of a file");
      }
    },
    ["ordinary process"],
  );

  forEachLaunch("each start has other addresses", async ({ edition, start }) => {
    const bases = new Set<number>();
    for (let count = 0; count < 3; count++) {
      const launcher = await start({ args: ["--no-log-links"] });
      await launcher.ready();
      bases.add(ownMappings(edition.path, mappings(launcher.pid))[0]!.start);
      launcher.signal("SIGTERM");
      assert.equal((await launcher.exit(10_000)).code, 0);
    }
    // Of three random addresses among 2^28 two are hardly ever equal.
    assert.equal(bases.size, 3);
  }, ["ordinary process"]);
}

function ownMappings(path: string, all: Mapping[]): Mapping[] {
  const real = Deno.realPathSync(path);
  return all.filter(({ name }) => name === real);
}

/** The rights of the pages that hold only relocated data. */
function relocatedRights(path: string, all: Mapping[]): string[] {
  const [segment] = new Elf(path).of(PT.GNU_RELRO);
  const base = ownMappings(path, all)[0]!.start;
  const PAGE = 4096;
  const start = base + Math.ceil(segment!.address / PAGE) * PAGE;
  const end = base + Math.floor((segment!.address + segment!.memorySize) / PAGE) * PAGE;
  const rights = all.filter((mapping) => mapping.start < end && mapping.end > start)
    .map(({ rights }) => rights);
  return [...new Set(rights)];
}
