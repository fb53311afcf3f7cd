/** The bare static executables, an archive for each executable, and their bills of materials. */

import { below, bytesOf, programEntry, textEntry } from "./entries.ts";
import { type Artefact, completionEntries, type Program, type Release } from "./release.ts";
import { tarGz } from "./tar.ts";

export function archives(release: Release): Artefact[] {
  return release.programs.flatMap((program) => [
    ...program.edition === "slim" ? [bareProgram(program)] : [],
    { name: `${program.name}.tar.gz`, data: archive(program, release) },
    { name: `${program.name}.cdx.json`, data: bytesOf(program.sbom) },
  ]);
}

function bareProgram({ name, data }: Program): Artefact {
  return { name, data, isProgram: true };
}

function archive({ name, data, notices, sbom }: Program, { documents, time }: Release) {
  const entries = [
    programEntry("tandem", data),
    textEntry("README.md", documents.readme),
    textEntry("LICENSE", documents.license),
    textEntry("THIRD-PARTY-NOTICES.txt", notices),
    textEntry("sbom.cdx.json", sbom),
    textEntry("share/man/man1/tandem.1", documents.manPage),
    ...below("share", completionEntries(documents.completions)),
  ];
  return tarGz(entries, time, `${name}/`);
}
