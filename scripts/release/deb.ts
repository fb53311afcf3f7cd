/** The Debian packages. They have no maintainer scripts: the unit is neither enabled nor started. */

import { createHash } from "node:crypto";
import { join } from "node:path";
import { root } from "../imports.ts";
import { below, bytesOf, type Entry, foldersOf, programEntry, textEntry } from "./entries.ts";
import {
  type Arch,
  ARCHES,
  type Artefact,
  completionEntries,
  type Release,
  slimProgram,
} from "./release.ts";
import { ar, gzip, tarGz } from "./tar.ts";

/** Not "tandem": that is the executable of Debian's tandem-mass. */
const PACKAGE = "tandem-serve";
const REVISION = "1";
const MAINTAINER = "The tandem authors <maintainers@tandem-serve.invalid>";
const UNITS = "lib/systemd/system";

const architectures: Record<Arch, string> = { x86_64: "amd64", aarch64: "arm64" };

export async function debianPackages(release: Release): Promise<Artefact[]> {
  return await Promise.all(ARCHES.map((arch) => debianPackage(release, arch)));
}

async function debianPackage(release: Release, arch: Arch): Promise<Artefact> {
  const { time } = release;
  const files = await filesOf(release, arch);
  const control = [
    textEntry("control", controlOf(release, arch, files)),
    textEntry(
      "md5sums",
      files.filter((file) => !isConffile(file)).map(md5Line).join(""),
    ),
    textEntry("conffiles", files.filter(isConffile).map(({ path }) => `/${path}\n`).join("")),
  ];
  const data = ar([
    { name: "debian-binary", data: bytesOf("2.0\n") },
    { name: "control.tar.gz", data: tarGz(control, time, "./") },
    { name: "data.tar.gz", data: tarGz(files, time, "./") },
  ], time);
  return { name: `${PACKAGE}_${debianVersion(release)}_${architectures[arch]}.deb`, data };
}

function debianVersion({ version }: Release): string {
  return `${version}-${REVISION}`;
}

async function filesOf(release: Release, arch: Arch): Promise<Entry[]> {
  const { documents } = release;
  const { data, notices, sbom } = slimProgram(release, arch);
  return [
    programEntry("usr/bin/tandem", data),
    gzipped("usr/share/man/man1/tandem.1.gz", documents.manPage),
    ...below("usr/share", completionEntries(documents.completions)),
    ...await systemdEntries(),
    ...below(`usr/share/doc/${PACKAGE}`, [
      gzipped("changelog.gz", documents.changelog),
      gzipped("changelog.Debian.gz", changelogOf(release)),
      textEntry("copyright", copyrightOf(documents.license)),
      gzipped("THIRD-PARTY-NOTICES.gz", notices),
      textEntry("sbom.cdx.json", sbom),
    ]),
    textEntry(`usr/share/lintian/overrides/${PACKAGE}`, await own("lintian-overrides")),
  ];
}

/** The unit of deploy/, the file that it reads settings from, and what a systemd older than the unit needs. */
async function systemdEntries(): Promise<Entry[]> {
  const read = async (name: string) => {
    const text = await Deno.readTextFile(join(root, "deploy", "systemd", name));
    return text.replaceAll("/usr/local/bin/", "/usr/bin/");
  };
  const unit = await read("tandem.service");
  const [, settings] = /^EnvironmentFile=-?\/(\S+)$/m.exec(unit) ?? [];
  return [
    textEntry(`${UNITS}/tandem.service`, unit),
    textEntry(`${UNITS}/tandem.service.d/before-253.conf`, await read("before-253.conf")),
    ...settings ? [textEntry(settings, await own("settings"))] : [],
  ];
}

function isConffile({ path }: Entry): boolean {
  return path.startsWith("etc/");
}

function own(name: string): Promise<string> {
  return Deno.readTextFile(join(root, "scripts", "release", "deb", name));
}

function gzipped(path: string, text: string): Entry {
  return { path, mode: 0o644, data: gzip(bytesOf(text)) };
}

function controlOf(release: Release, arch: Arch, files: readonly Entry[]): string {
  // As dpkg-gencontrol counts: files in KiB, rounded up, and one for each folder.
  const size = files.reduce((sum, { data }) => sum + Math.ceil(data.length / 1024), 0) +
    foldersOf(files).length;
  return [
    `Package: ${PACKAGE}`,
    `Version: ${debianVersion(release)}`,
    `Architecture: ${architectures[arch]}`,
    `Maintainer: ${MAINTAINER}`,
    `Installed-Size: ${size}`,
    // Its app's gunicorn may come from pip.
    "Recommends: gunicorn, nginx-light | nginx",
    "Suggests: python3-gevent",
    "Conflicts: tandem-mass",
    "Section: httpd",
    "Priority: optional",
    "Description: run nginx and gunicorn as one",
    " tandem starts gunicorn, starts nginx as soon as the app answers, and watches",
    " both. If either exits or a stop is requested, it stops both in an order that",
    " loses no request, and exits with a status that says what happened.",
    " .",
    " It is the entrypoint of model-serving images, and a service under systemd. The",
    " executable is static and needs no library.",
    "",
  ].join("\n");
}

function md5Line({ path, data }: Entry): string {
  return `${createHash("md5").update(data).digest("hex")}  ${path}\n`;
}

function changelogOf(release: Release): string {
  const date = new Date(release.time * 1000).toUTCString().replace("GMT", "+0000");
  return `${PACKAGE} (${debianVersion(release)}) stable; urgency=medium\n\n` +
    `  * Release ${release.version}; changelog.gz lists the changes.\n\n` +
    ` -- ${MAINTAINER}  ${date}\n`;
}

/** In Debian's machine-readable format. */
function copyrightOf(license: string): string {
  const [, holder = "", terms = ""] = /^MIT License\n\nCopyright (?:\(c\) )?(.*)\n\n([^]*)$/
    .exec(license) ?? [];
  const indented = terms.trim().split("\n").map((line) => ` ${line || "."}`);
  return [
    "Format: https://www.debian.org/doc/packaging-manuals/copyright-format/1.0/",
    "Upstream-Name: tandem",
    "Comment: The executable contains software of others, whose licences are in",
    " THIRD-PARTY-NOTICES.gz beside this file.",
    "",
    "Files: *",
    `Copyright: ${holder}`,
    "License: Expat",
    ...indented,
    "",
  ].join("\n");
}
