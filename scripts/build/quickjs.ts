// Prepares QuickJS for the slim edition: its sources, its compiler `qjsc`, and a library for each kind of executable.
// All are cached under a hash of their inputs.
// deno-lint-ignore-file no-console -- a script prints

import { join } from "node:path";
import { unpackPackage } from "../debian.ts";
import { BuildError, exists, ignoreNotFound, run, sha256, stopwatch } from "./denort.ts";
import { hardenedLink, hardening } from "./hardening.ts";
import { prepareTarball, quickjsSource } from "./quickjs_source.ts";

const EX_UNAVAILABLE = 69;

const source = quickjsSource;
export const quickjsVersion = source.version;

const engine = ["quickjs", "libregexp", "libunicode", "cutils", "dtoa"];
/** Only for `qjsc`. */
const tools = ["qjsc", "quickjs-libc"];

const engineFlags = [
  "-D_GNU_SOURCE",
  `-DCONFIG_VERSION="${source.version}"`,
  // QuickJS relies on both; its own Makefile sets them.
  "-fwrapv",
  "-funsigned-char",
  // Warnings in QuickJS are not ours to fix.
  "-w",
];

/** A kind of executable: its compiler, and the flags for all its C files. */
export interface Flavour {
  name: "x64" | "arm64" | "asan" | "fuzz";
  compiler: string[];
  flags: string[];
  /** For the C files in slim/native/ only. */
  hostFlags: string[];
  linkFlags: string[];
  /** As in `Deno.build.arch`. */
  arch: "x86_64" | "aarch64";
}

/** -Os would save 165 kB, and take a fifth more time for each line that is relayed. */
const small = [
  "-O2",
  ...["-fno-align-functions", "-fno-align-jumps", "-fno-align-loops", "-fno-align-labels"],
  ...["-ffunction-sections", "-fdata-sections", "-fno-asynchronous-unwind-tables"],
];
const smallLink = ["-s", "-Wl,--gc-sections", "-Wl,--build-id=none", ...hardenedLink];

/** For slim/native/failing_allocations.c. */
const wrapAllocations = "malloc calloc realloc strdup fdopendir setenv".split(" ")
  .map((name) => `-Wl,--wrap=${name}`);

export const flavours: Record<Flavour["name"], Flavour> = {
  x64: {
    name: "x64",
    compiler: ["musl-gcc"],
    flags: [...small, ...hardening.x86_64],
    hostFlags: [],
    linkFlags: smallLink,
    arch: "x86_64",
  },
  arm64: {
    name: "arm64",
    compiler: ["aarch64-linux-gnu-gcc"],
    // libgcc's check for newer atomics uses a symbol that musl lacks.
    flags: [...small, ...hardening.aarch64, "-mno-outline-atomics"],
    hostFlags: [],
    linkFlags: smallLink,
    arch: "aarch64",
  },
  asan: {
    name: "asan",
    compiler: ["gcc"],
    flags: ["-O1", "-g", "-fno-omit-frame-pointer", "-fsanitize=address"],
    // Not for QuickJS, which has undefined behaviour.
    hostFlags: ["-fsanitize=undefined", "-DFAILING_ALLOCATIONS"],
    linkFlags: ["-fsanitize=address,undefined", ...wrapAllocations],
    arch: "x86_64",
  },
  fuzz: {
    name: "fuzz",
    compiler: ["clang"],
    flags: [
      "-O1",
      "-gline-tables-only",
      "-fno-omit-frame-pointer",
      "-fsanitize=address,fuzzer-no-link",
      // GCC defines it by itself.
      "-D__SANITIZE_ADDRESS__",
    ],
    hostFlags: ["-fsanitize=undefined", "-fno-sanitize-recover=undefined"],
    linkFlags: ["-fsanitize=fuzzer,address,undefined"],
    arch: "x86_64",
  },
};

/** Fetches and unpacks the sources if necessary. @returns their folder */
export async function prepareSources(cache: string): Promise<string> {
  const folder = join(cache, `quickjs-${source.version}-${source.sha256.slice(0, 12)}`);
  if (await exists(folder)) return folder;
  await Deno.mkdir(cache, { recursive: true });
  const fresh = await Deno.makeTempDir({ dir: cache, prefix: ".quickjs-" });
  try {
    const tarball = await prepareTarball(cache, fresh);
    const unpacked = join(fresh, "unpacked");
    await Deno.mkdir(unpacked);
    await run(["tar", "-xJf", tarball, "-C", unpacked, "--strip-components=1"]);
    await putInPlace(unpacked, folder);
  } finally {
    await Deno.remove(fresh, { recursive: true });
  }
  return folder;
}

/** Compiles C files in parallel. @returns the object files */
export async function compileAll(
  flavour: Pick<Flavour, "compiler" | "flags">,
  files: string[],
  flags: string[],
  folder: string,
  options?: Deno.CommandOptions,
): Promise<string[]> {
  return await Promise.all(files.map(async (file) => {
    const object = join(folder, file.replace(/^.*\//, "").replace(/\.c$/, ".o"));
    const command = [...flavour.compiler, ...flavour.flags, ...flags, "-c", file, "-o", object];
    await runTool(command, options);
    return object;
  }));
}

/** @throws {BuildError} if the compiler is missing */
export async function runTool(command: string[], options?: Deno.CommandOptions): Promise<void> {
  try {
    await run(command, options);
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
    throw new BuildError(`${command[0]} is missing: run scripts/setup.sh`, EX_UNAVAILABLE);
  }
}

/** @returns the path of libquickjs.a for the flavour */
export async function prepareEngine(
  flavour: Flavour,
  sources: string,
  cache: string,
): Promise<string> {
  // Without the path of the specs that prepareArm64Musl() adds: a copy of the repository can use the same cache.
  const { compiler } = flavours[flavour.name];
  const parts = [...compiler, ...flavour.flags, ...engineFlags, "relative names"];
  const folder = await cached(cache, `engine-${flavour.name}`, parts, async (folder) => {
    const files = engine.map((name) => `${name}.c`);
    // assert() puts the name of the file into the executable; an absolute one would differ from clone to clone.
    const objects = await compileAll(flavour, files, engineFlags, folder, { cwd: sources });
    await run(["ar", "rcs", join(folder, "libquickjs.a"), ...objects]);
  });
  return join(folder, "libquickjs.a");
}

const buildMachine: Pick<Flavour, "compiler" | "flags"> = {
  compiler: ["gcc"],
  // It runs for 0.1 s; optimizing it would take 10 s.
  flags: ["-O0"],
};

/** Builds qjsc, whose bytecode is the same for all little-endian 64-bit machines. @returns its path */
export async function prepareBytecodeCompiler(sources: string, cache: string): Promise<string> {
  const flags = [...engineFlags, '-DCONFIG_CC="gcc"', '-DCONFIG_PREFIX="/usr"'];
  const folder = await cached(cache, "qjsc", [...buildMachine.flags, ...flags], async (folder) => {
    const files = [...engine, ...tools].map((name) => join(sources, `${name}.c`));
    const objects = await compileAll(buildMachine, files, flags, folder);
    const libraries = ["-lm", "-ldl", "-lpthread"];
    await runTool([...buildMachine.compiler, ...objects, ...libraries, "-o", join(folder, "qjsc")]);
  });
  return join(folder, "qjsc");
}

/** Returns the folder named after the hash of `parts`; if it is missing, `make` fills it. */
async function cached(
  cache: string,
  name: string,
  parts: string[],
  make: (folder: string) => Promise<void>,
): Promise<string> {
  const key = await sha256(new TextEncoder().encode([source.sha256, ...parts].join(" ")));
  const folder = join(cache, `${name}-${key.slice(0, 12)}`);
  if (await exists(folder)) return folder;
  const seconds = stopwatch();
  const fresh = await Deno.makeTempDir({ dir: cache, prefix: `.${name}-` });
  try {
    await make(fresh);
    await putInPlace(fresh, folder);
  } finally {
    await Deno.remove(fresh, { recursive: true }).catch(ignoreNotFound);
  }
  console.error(`build: compiled ${name} in ${seconds()}`);
  return folder;
}

/** Keeps the folder of another build that was faster; it has the same content. */
async function putInPlace(fresh: string, folder: string): Promise<void> {
  await Deno.rename(fresh, folder).catch(async (error) => {
    if (!await exists(folder)) throw error;
    await Deno.remove(fresh, { recursive: true });
  });
}

/** Fetches musl for arm64, and makes the cross compiler use it instead of glibc. */
export async function prepareArm64Musl(cache: string): Promise<Flavour> {
  const folder = join(await Deno.realPath(cache), "musl-arm64");
  if (!await exists(folder)) {
    console.error("build: fetching musl for arm64 from Debian");
    const fresh = await Deno.makeTempDir({ dir: cache, prefix: ".musl-" });
    await unpackPackage("musl-dev", "arm64", fresh);
    await putInPlace(fresh, folder);
  }
  const lib = join(folder, "usr/lib/aarch64-linux-musl");
  const specs = join(folder, "musl.specs");
  // Not in place: another build may be reading it.
  const fresh = `${specs}.${Deno.pid}`;
  await Deno.writeTextFile(
    fresh,
    `*cc1:\n%(cc1_cpu) -nostdinc -isystem ${folder}/usr/include/aarch64-linux-musl -isystem include%s\n\n` +
      `*link_libgcc:\n-L${lib} -L .%s\n\n` +
      `*libgcc:\nlibgcc.a%s\n\n` +
      `*link:\n-nostdlib\n\n` +
      `*lib:\n-lc\n\n`,
  );
  await Deno.rename(fresh, specs);
  return { ...flavours.arm64, compiler: [...flavours.arm64.compiler, "-specs", specs] };
}
