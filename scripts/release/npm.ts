/** The npm packages: one for each machine, and one that depends on the one that fits, as esbuild does it. */

import { bytesOf, type Entry, programEntry, textEntry } from "./entries.ts";
import { type Arch, ARCHES, type Artefact, type Release, slimProgram } from "./release.ts";
import { tarGz } from "./tar.ts";

/** As `process.arch` and the field "cpu" have it. */
const cpus: Record<Arch, string> = { x86_64: "x64", aarch64: "arm64" };

export function npmPackages(release: Release): Artefact[] {
  return [...ARCHES.map((arch) => platformPackage(release, arch)), mainPackage(release)];
}

function platformPackage(release: Release, arch: Arch): Artefact {
  const { documents } = release;
  const { data, notices, sbom } = slimProgram(release, arch);
  const cpu = cpus[arch];
  const manifest = {
    ...common(release),
    name: `@tandem-serve/linux-${cpu}`,
    description: `The executable of tandem-serve for Linux on ${cpu}`,
    os: ["linux"],
    cpu: [cpu],
    // Package managers that keep packages in zip files must unpack it.
    preferUnplugged: true,
  };
  return pack(`tandem-serve-linux-${cpu}`, release, [
    manifestEntry(manifest),
    programEntry("bin/tandem", data),
    textEntry("README.md", `${manifest.description}. Install tandem-serve instead.\n`),
    textEntry("LICENSE", documents.license),
    textEntry("THIRD-PARTY-NOTICES.txt", notices),
    textEntry("sbom.cdx.json", sbom),
  ]);
}

function mainPackage(release: Release): Artefact {
  const { version, documents } = release;
  const manifest = {
    ...common(release),
    name: "tandem-serve",
    description: "Runs nginx and gunicorn as one: the entrypoint of model-serving images",
    keywords: ["nginx", "gunicorn", "sagemaker", "docker", "entrypoint", "supervisor"],
    bin: { tandem: "bin/tandem" },
    man: ["man/tandem.1"],
    optionalDependencies: Object.fromEntries(
      ARCHES.map((arch) => [`@tandem-serve/linux-${cpus[arch]}`, version]),
    ),
  };
  return pack("tandem-serve", release, [
    manifestEntry(manifest),
    programEntry("bin/tandem", bytesOf(starter)),
    textEntry("man/tandem.1", documents.manPage),
    textEntry("README.md", documents.readme),
    textEntry("LICENSE", documents.license),
  ]);
}

function common({ version }: Release) {
  return {
    version,
    license: "MIT",
    author: "The tandem authors",
    publishConfig: { access: "public" },
  };
}

function manifestEntry(manifest: unknown): Entry {
  return textEntry("package.json", `${JSON.stringify(manifest, undefined, 2)}\n`);
}

function pack(name: string, { version, time }: Release, entries: Entry[]): Artefact {
  return { name: `${name}-${version}.tgz`, data: tarGz(entries, time, "package/") };
}

/**
 * A shell script, because a script of Node would stay between tandem and its parent and would have to forward signals.
 * npm links it into node_modules/.bin or the global bin/, so it resolves links first. The package of the machine is in
 * node_modules/ beside this one or inside of it.
 */
const starter = `#!/bin/sh
self=$(readlink -f "$0")
package=$(dirname "$(dirname "$self")")
case $(uname -m) in
  x86_64 | amd64) cpu=x64 ;;
  aarch64 | arm64) cpu=arm64 ;;
  *) cpu=$(uname -m) ;;
esac
for modules in "$package/node_modules" "$(dirname "$package")"; do
  tandem=$modules/@tandem-serve/linux-$cpu/bin/tandem
  [ ! -x "$tandem" ] || exec "$tandem" "$@"
done
echo "tandem: the package @tandem-serve/linux-$cpu is missing: install tandem-serve with optional dependencies" >&2
exit 69
`;
