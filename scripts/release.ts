// Makes everything that a release publishes, in dist/release/. The same commit gives the same bytes, wherever it is built.
//
//   deno task release                  -> dist/release/
//   deno task release --without-deno   -> the same without the Deno edition, which takes longest
// deno-lint-ignore-file no-console -- a script prints

import { join } from "node:path";
import { parseArgs } from "node:util";
import { kilobytes } from "./build.ts";
import { runBuild } from "./build/bundle.ts";
import { BuildError, ignoreNotFound, stopwatch } from "./build/denort.ts";
import { root } from "./imports.ts";
import { writeManPage } from "./man.ts";
import { archives } from "./release/archives.ts";
import { debianPackages } from "./release/deb.ts";
import { npmPackages } from "./release/npm.ts";
import { ociImage } from "./release/oci.ts";
import { buildPrograms } from "./release/programs.ts";
import { checksums, provenance } from "./release/provenance.ts";
import { type Artefact, readDocuments, type Release, releaseBase } from "./release/release.ts";
import { sourceArchive } from "./release/source.ts";
import { wheels } from "./release/wheel.ts";

const EX_USAGE = 64;
const output = join(root, "dist", "release");

/** In the order of the list that is printed. */
const makers: readonly Maker[] = [
  archives,
  wheels,
  debianPackages,
  npmPackages,
  ociImage,
  sourceArchive,
  // Both are about what the others have made.
  provenance,
  checksums,
];

type Maker = (
  release: Release,
  artefacts: readonly Artefact[],
) => readonly Artefact[] | Promise<readonly Artefact[]>;

async function release(args: string[]): Promise<void> {
  const seconds = stopwatch();
  const base = await releaseBase();
  if (base.isDirty) {
    console.error("release: files differ from the commit: this is not for publishing");
  }
  const programs = await buildPrograms(base, !withoutDeno(args));
  await writeManPage("dist/tandem.1");
  const documents = await readDocuments(join(root, "dist", "tandem-slim"));
  const complete: Release = { ...base, programs, documents };
  const artefacts: Artefact[] = [];
  for (const make of makers) artefacts.push(...await make(complete, artefacts));
  await write(artefacts);
  for (const { name, data } of artefacts) console.log(`${kilobytes(data.length)}  ${name}`);
  console.error(`release: ${artefacts.length} files in dist/release in ${seconds()}`);
}

function withoutDeno(args: string[]): boolean {
  try {
    const options = { "without-deno": { type: "boolean", default: false } } as const;
    return parseArgs({ args, options }).values["without-deno"];
  } catch (error) {
    const usage = "usage: release [--without-deno]";
    throw new BuildError(`${(error as Error).message}; ${usage}`, EX_USAGE);
  }
}

/** Replaces the folder at once, so that it never has files of two releases. */
async function write(artefacts: readonly Artefact[]): Promise<void> {
  const fresh = await Deno.makeTempDir({ dir: join(root, "dist"), prefix: ".release-" });
  await Deno.chmod(fresh, 0o755);
  for (const { name, data, isProgram } of artefacts) {
    await Deno.writeFile(join(fresh, name), data);
    await Deno.chmod(join(fresh, name), isProgram ? 0o755 : 0o644);
  }
  await Deno.remove(output, { recursive: true }).catch(ignoreNotFound);
  await Deno.rename(fresh, output);
}

if (import.meta.main) await runBuild(release);
